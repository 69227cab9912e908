// Receivers that are not as they were made, and what is asked of them in which order.
function traced(target, name, asked) {
  return new Proxy(target, {
    get(t, key) { asked.push(`${name}.${String(key)}`); const v = Reflect.get(t, key, t); return typeof v === 'function' ? v.bind(t) : v },
    set(t, key, value) { asked.push(`${name}.${String(key)}=${show(value)}`); return Reflect.set(t, key, value, t) },
    has(t, key) { asked.push(`${String(key)} in ${name}`); return Reflect.has(t, key) },
    getOwnPropertyDescriptor(t, key) { asked.push(`own ${name}.${String(key)}`); return Reflect.getOwnPropertyDescriptor(t, key) },
    defineProperty(t, key, d) { asked.push(`define ${name}.${String(key)} ${show(d)}`); return Reflect.defineProperty(t, key, d) },
    deleteProperty(t, key) { asked.push(`delete ${name}.${String(key)}`); return Reflect.deleteProperty(t, key) },
  });
}
const uses = {
  exec: r => RegExp.prototype.exec.call(r, 'xaabab'),
  test: r => RegExp.prototype.test.call(r, 'xaabab'),
  match: r => 'xaabab'.match(r),
  replace: r => 'xaabab'.replace(r, '<$&>'),
  replaceAll: r => 'xaabab'.replaceAll(r, '<$&>'),
  replaceFn: r => 'xaabab'.replace(r, (...a) => a.length + a[0]),
  search: r => 'xaabab'.search(r),
  split: r => 'xaabab'.split(r, 3),
  matchAll: r => [...'xaabab'.matchAll(r)],
  viaSymbol: r => [RegExp.prototype[Symbol.match].call(r, 'aba'), RegExp.prototype[Symbol.replace].call(r, 'aba', 'x'), RegExp.prototype[Symbol.split].call(r, 'aba'), RegExp.prototype[Symbol.search].call(r, 'aba')],
};
class Sub extends RegExp { exec(s) { const r = super.exec(s); if (r) r[0] = r[0].toUpperCase(); return r } }
class Plain extends RegExp {}
class Species extends RegExp { static get [Symbol.species]() { return RegExp } }
const made = {
  plain: f => new RegExp('a+', f),
  traced: (f, asked) => traced(new RegExp('a+', f), 'r', asked),
  subclass: f => new Sub('a+', f),
  emptySubclass: f => new Plain('a+', f),
  species: f => new Species('a+', f),
  frozen: f => Object.freeze(new RegExp('a+', f)),
  sealed: f => Object.seal(new RegExp('a+', f)),
  noExtensions: f => Object.preventExtensions(new RegExp('a+', f)),
  readOnlyLastIndex: f => Object.defineProperty(new RegExp('a+', f), 'lastIndex', { value: 1, writable: false }),
  ownExec: (f, asked) => Object.assign(new RegExp('a+', f), { exec(s) { asked.push('exec ' + this.lastIndex); return null } }),
  ownExecObject: f => { let n = 0; return Object.assign(new RegExp('a+', f), { exec: () => n++ < 2 ? { index: n, 0: 'b', length: 1 } : null }) },
  ownExecNumber: f => Object.assign(new RegExp('a+', f), { exec: () => 1 }),
  ownExecUndefined: f => Object.assign(new RegExp('a+', f), { exec: undefined }),
  ownExecBuiltin: f => Object.assign(new RegExp('a+', f), { exec: RegExp.prototype.exec }),
  ownFlags: f => Object.defineProperty(new RegExp('a+', f), 'flags', { value: '' }),
  ownGlobal: f => Object.defineProperty(new RegExp('a+', f), 'global', { value: false }),
  ownUnicode: (f, asked) => Object.defineProperty(new RegExp('a+', f), 'unicode', { get() { asked.push('unicode'); return false } }),
  ownConstructor: f => Object.assign(new RegExp('a+', f), { constructor: { [Symbol.species]: function (p, fl) { return new RegExp('b', fl) } } }),
  ownMatch: f => Object.assign(new RegExp('a+', f), { [Symbol.match]: false }),
  extra: f => Object.assign(new RegExp('a+', f), { note: 1 }),
  otherPrototype: f => Object.setPrototypeOf(new RegExp('a+', f), Object.create(RegExp.prototype)),
  noPrototype: f => Object.setPrototypeOf(new RegExp('a+', f), null),
  lastIndexObject: (f, asked) => { const r = new RegExp('a+', f); r.lastIndex = { valueOf() { asked.push('valueOf'); return 2 } }; return r },
  lastIndexCompiles: f => { const r = new RegExp('a+', f); r.exec('a'); r.lastIndex = { valueOf() { r.compile('b', f); return 0 } }; return r },
  lastIndexThrows: f => { const r = new RegExp('a+', f); r.lastIndex = { valueOf() { throw 'mine' } }; return r },
  lastIndexSymbol: f => { const r = new RegExp('a+', f); r.lastIndex = Symbol('s'); return r },
  compiled: f => { const r = new RegExp('x', f); r.exec('x'); r.compile('a+', f); return r },
  compiledTwice: f => { const r = new RegExp('x'); r.test('x'); r.compile(/b/g); r.test('b'); r.compile('a+', f); return r },
  compileFails: f => { const r = new RegExp('a+', f); r.test('a'); try { r.compile('(') } catch {} return r },
  notRegExp: () => ({ exec: () => null, flags: 'g', get lastIndex() { return 0 }, set lastIndex(v) {} }),
};
for (const [kind, make] of Object.entries(made))
  for (const flags of ['', 'g', 'y', 'gy', 'd', 'gu'])
    for (const [use, call] of Object.entries(uses)) {
      const asked = [];
      let r;
      try { r = make(flags, asked) } catch (e) { log(kind, flags, 'cannot be made', e.name); continue }
      log(kind, flags, use, attempt(() => call(r)), attempt(() => Reflect.getOwnPropertyDescriptor(r, 'lastIndex')), asked.join(' '));
    }
// Prototypes that were changed, one after the other, and put back.
const changes = [
  ['exec', { value() { return null }, writable: true, configurable: true }],
  ['exec', { get() { return () => null }, configurable: true }],
  ['exec', { value: 1, configurable: true }],
  ['flags', { get() { return '' }, configurable: true }],
  ['flags', { value: 'y', configurable: true }],
  ['global', { get() { return false }, configurable: true }],
  ['sticky', { get() { return true }, configurable: true }],
  ['unicode', { get() { throw 'mine' }, configurable: true }],
  ['lastIndex', { set() { throw 'mine' }, configurable: true }],
  ['constructor', { value: Plain, configurable: true }],
  ['constructor', { value: undefined, configurable: true }],
  ['constructor', { value: 1, configurable: true }],
  [Symbol.match, { value: false, configurable: true }],
  [Symbol.match, { value: undefined, configurable: true }],
  [Symbol.replace, { value: () => 'mine', configurable: true }],
  [Symbol.split, { value: undefined, configurable: true }],
  ['source', { get() { return 'b' }, configurable: true }],
];
for (const [key, change] of changes) {
  const old = Object.getOwnPropertyDescriptor(RegExp.prototype, key);
  const results = [];
  const literal = /a+/g;
  Object.defineProperty(RegExp.prototype, key, change);
  for (const r of [literal, /a+/, /a+/y])
    for (const call of Object.values(uses)) results.push(attempt(() => call(r)) + r.lastIndex);
  if (old) Object.defineProperty(RegExp.prototype, key, old); else delete RegExp.prototype[key];
  log('changed', String(key), results.join(' '));
  log('back', Object.values(uses).map(call => attempt(() => call(literal))).join(' '));
}
{
  const old = Object.getOwnPropertyDescriptor(RegExp, Symbol.species);
  Object.defineProperty(RegExp, Symbol.species, { value: Sub, configurable: true });
  log('species', Object.values(uses).map(call => attempt(() => call(/a+/g))).join(' '));
  Object.defineProperty(RegExp, Symbol.species, old);
}
// What replacement functions may do meanwhile.
{
  const r = /a/g;
  log(attempt(() => 'aaa'.replace(r, () => { r.lastIndex = 5; r.compile('b'); return r.source })), r.lastIndex);
  log(attempt(() => 'aba'.replace(r, m => 'bb'.replace(r, 'c') + m)));
  log(attempt(() => 'aaa'.replace(/a/g, () => { throw 'mine' })));
  log(attempt(() => 'aaa'.replace(/a/g, () => ({ toString() { return 'z' } }))));
  log(attempt(() => 'aaa'.replace(/a/g, () => Symbol('s'))));
  log(attempt(() => 'aaa'.replace(/a/g, { toString() { return '$&$&' } })));
  log(attempt(() => 'a-a'.split(/-/, { valueOf() { return 1 } })));
  log(attempt(() => 'a-a'.split(/-/, { valueOf() { throw 'mine' } })));
  log(attempt(() => /a/.exec({ toString() { return 'xa' } })));
  log(attempt(() => /undefined/.test()), attempt(() => /null/.exec(null)));
  log(attempt(() => 'aXbX'.replace(/(?<x>X)/g, (...a) => show(a.at(-1)))));
  log(attempt(() => '2020-01'.replace(/(?<y>\d+)-(?<m>\d+)/, '$<m>/$<y>/$<z>')));
  log(attempt(() => /(?:(?<x>a)|(?<x>b))/.exec('b')));
}
