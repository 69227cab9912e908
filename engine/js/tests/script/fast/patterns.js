// Patterns, alone and put together at random, with all that matches with them.
const atoms = ['a', 'b', '.', '\\d', '\\w', '\\s', '[ab]', '[^a]', '\\b', '\\B', '^', '$', '(a)', '(?:b)', '(?<n>a|b)',
  '(?=a)', '(?!a)', '(?<=a)', '(?<!b)', 'ä', '\\u00e4', '[à-ö]', '\\/', '/', 'x*', '', '\\S+', '[\\s\\S]', '(b)?', '\\1', '\\2', '\\n', '[|(]', '\\x41', '\\ud83c', '🌧', 'ſ', 'K', '\\u212a', 'σ', '[\\]a]', '\\|', 'a{2}', '-', 'k*?', 's+?', 'ä*?', '\\xe4?', '\\101', '\\344', '\\p{L}'];
const quantifiers = ['', '', '', '*', '+', '?', '*?', '+?', '{1,2}'];
const flagSets = ['', 'g', 'y', 'i', 'gi', 'm', 'gm', 's', 'gy', 'd', 'gd', 'u', 'gu', 'iu', 'giu', 'v', 'iy', 'my', 'gimsuy', 'dy'];
const subjects = ['', 'a', 'ab', 'aab ba', 'xaxbx', 'a,b;c', '1 22 333', 'aäb ÄÖ', 'a\nb\na', 'A/b|(a', '🌧a🌧b', 'a\ud83cb', '\udf27a', 'kKſsσΣς', 'no match here ------', 'aaaaaaaaab', '-', 'aa'.repeat(100) + 'b', 'ä'.repeat(150) + 'ab', 'αβ ab'.repeat(20)];
const replacements = ['', '-', '$&$&', '[$1]', '$2$1', "$`|$'", '$$', '$0', '$01', '$10', '$<n>', '$<zz>', '$', 'ä$&α', '$1$<n', 'a$b'];

function compare(source, flags) {
  let re;
  try { re = new RegExp(source, flags) } catch (e) { log('refused', source, flags, e.name); return }
  const subject = pick(subjects);
  // The engine's own advances by half a character with `v`.
  if (flags.includes('v') && /[\ud800-\udfff]/.test(subject)) return;
  const name = `/${source}/${flags} ${JSON.stringify(subject).slice(0, 40)}`;
  const again = () => { const r = new RegExp(source, flags); r.lastIndex = pick([0, 0, 0, 1, 2, 100, -1, 1.5, NaN, '1', undefined, null]); return r };
  const with_ = (what, call) => { const r = again(); log(name, what, r.lastIndex, attempt(() => call(r)), show(r.lastIndex)) };
  for (let i = 0; i < 3; i++) log(name, 'exec', attempt(() => re.exec(subject)), re.lastIndex);
  with_('exec', r => r.exec(subject));
  with_('test', r => r.test(subject));
  with_('match', r => subject.match(r));
  with_('search', r => subject.search(r));
  with_('split', r => subject.split(r));
  with_('split3', r => subject.split(r, pick([0, 1, 2, 3, -1, undefined, 1.5, 2 ** 32, '2', NaN])));
  with_('matchAll', r => [...subject.matchAll(r)].slice(0, 5));
  const text = pick(replacements);
  with_('replace ' + text, r => subject.replace(r, text));
  with_('replaceAll ' + text, r => subject.replaceAll(r, text));
  with_('replace fn', r => { const calls = []; const s = subject.replace(r, (...args) => { calls.push(args.slice(0, 6)); return pick(['', 'x', 'ä', 'α', undefined, 1]) }); return [s, calls.slice(0, 6)] });
}
for (const atom of atoms) for (const flags of ['', pick(flagSets), pick(flagSets)]) compare(atom, flags);
for (let i = 0; i < ROUNDS; i++) {
  let source = '';
  for (let n = 1 + random(4); n > 0; n--) source += pick(atoms) + pick(quantifiers) + pick(['', '', '', '', '|']);
  if (random(4) === 0) source = `(${source})`;
  if (random(6) === 0) source = '^' + source;
  compare(source, pick(flagSets));
}
// Sources that are shown in another way than they were written.
for (const source of ['\n', '\\\n', '\\n', '\\\\n', '[\n]', '/', '\\/', '\\\\/', '[/]', '\\\\\n', '\u2028', '\\\u2028', '\\\\u2028', 'a\rb', '\ud83c', '\\\ud83c', '(?:)', '', '\\\\r', '^(?:a|b)|c', '^a|b', '(^a|b)', '^(a|b)', '^[|]a', '^\\|a', '^?', '^{', '(?:^)a'])
  for (const flags of ['', 'g', 'y', 'm', 'u', 'gy'])
    for (const subject of ['\n', '\\n', 'a\nb', '/', '\\/', '\\', '\\\n', '\u2028', '\\u2028', 'a\rb', '\ud83c', '🌧', 'ab', 'xbca', 'c', '|a', '\\\r'])
      log(JSON.stringify(source), flags, JSON.stringify(subject),
        attempt(() => { const r = new RegExp(source, flags); return [r.exec(subject), r.test(subject), subject.replace(r, '<$&>'), subject.split(r), r.lastIndex] }));
