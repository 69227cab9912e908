const texts = ['', 'a', 'b', 'ab', 'aab', 'abcabc', 'aXbXc', 'äöü', 'aäa', 'αβγ', 'aα', '🌧', '\ud83c', '\udf27', 'a'.repeat(100), 'ab'.repeat(60) + 'c', 'ä'.repeat(40) + 'b'];
const positions = [undefined, 0, 1, 2, 5, -1, 1.7, NaN, Infinity, -Infinity, '1', null, true, {}, 1e10, -0];
for (const text of texts) for (const wanted of [...texts, undefined, null, 1, NaN]) {
  for (const at of [undefined, pick(positions), pick(positions)])
    log(JSON.stringify(text).slice(0, 20), String(wanted).slice(0, 10), String(at),
      attempt(() => text.indexOf(wanted, at)), attempt(() => text.lastIndexOf(wanted, at)), attempt(() => text.includes(wanted, at)), attempt(() => text.split(wanted, at)));
  log(attempt(() => text.indexOf()), attempt(() => text.lastIndexOf()), attempt(() => text.split()), attempt(() => text.replace()), attempt(() => text.replaceAll()));
  for (const text2 of ['', 'x', '$&', "$`$'", '$1$$', '$<a>', 'ä', 'α', undefined, null, 1, Symbol('s'), () => '$&', (m, at, s) => m + at + s.length, () => undefined, () => Symbol('s'), { toString: () => 'o' }, () => { throw 'mine' }].filter(() => random(4) === 0))
    log(attempt(() => text.replace(wanted, text2)), attempt(() => text.replaceAll(wanted, text2)));
}
for (const symbol of [Symbol.split, Symbol.replace, Symbol.match]) {
  const thing = { [symbol]: (...args) => show(args), toString: () => 'a', flags: 'g' };
  log(attempt(() => 'bab'.split(thing, 1)), attempt(() => 'bab'.replace(thing, 1)), attempt(() => 'bab'.replaceAll(thing, 1)), attempt(() => 'bab'.includes(thing)));
  for (const prototype of [String.prototype, Number.prototype, Object.prototype]) {
    Object.defineProperty(prototype, symbol, { value: () => 'hooked', configurable: true });
    log(attempt(() => 'bab'.split('a')), attempt(() => 'bab'.replace('a', 'c')), attempt(() => 'b1b'.split(1)), attempt(() => 'bab'.split(Object('a'))));
    delete prototype[symbol];
  }
}
for (const receiver of [{ toString: () => 'abab' }, Object('abab'), 1212, ['a', 'b'], true])
  for (const method of ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll'])
    log(method, attempt(() => String.prototype[method].call(receiver, 'b')), attempt(() => String.prototype[method].call(receiver, '2', 1)));
for (let i = 0; i < ROUNDS; i++) {
  const make = n => Array.from({ length: random(n) }, () => pick(['a', 'b', 'ab', 'ä', 'α', ''])).join('');
  const text = make(20), wanted = make(3), other = make(3) + pick(['', '$&', '$$']);
  log(text, wanted, text.indexOf(wanted, random(9)), text.lastIndexOf(wanted, random(20)), text.split(wanted).join('|'), text.split(wanted, random(4)).length, text.replace(wanted, other), text.replaceAll(wanted, other));
}
