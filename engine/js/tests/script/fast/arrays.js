class Sub extends Array {}
function plainOf(n) { return Array.from({ length: n }, (_, i) => pick([i, i, i + 0.5, 'x' + i, { i }, undefined])) }
const made = {
  ints: () => [1, 2, 3, 4, 5],
  floats: () => [1.5, 2.5, 3.5],
  mixed: () => [1, 'a', null, undefined, 2.5],
  empty: () => [],
  holes: () => [1, , 3, , 5],
  hole: () => { const a = [1, 2, 3]; delete a[1]; return a },
  longer: () => { const a = [1, 2]; a.length = 5; return a },
  sparse: () => { const a = [1]; a[1000] = 2; return a },
  frozen: () => Object.freeze([1, 2, 3]),
  sealed: () => Object.seal([1, 2, 3]),
  noExtensions: () => Object.preventExtensions([1, 2, 3]),
  fixedLength: () => Object.defineProperty([1, 2, 3], 'length', { writable: false }),
  accessor: () => Object.defineProperty([1, 2, 3], 1, { get: () => 'got', set(v) { this.set = v }, configurable: true, enumerable: true }),
  readOnlyElement: () => Object.defineProperty([1, 2, 3], 1, { writable: false }),
  hiddenElement: () => Object.defineProperty([1, 2, 3], 2, { enumerable: false }),
  named: () => Object.assign([1, 2, 3], { name: 'n' }),
  subclass: () => Sub.from([1, 2, 3]),
  ownConstructor: () => Object.assign([1, 2, 3], { constructor: Sub }),
  noConstructor: () => Object.assign([1, 2, 3], { constructor: undefined }),
  otherPrototype: () => Object.setPrototypeOf([1, 2, 3], { __proto__: Array.prototype, constructor: Array }),
  nullPrototype: () => Object.setPrototypeOf([1, 2, 3], null),
  arrayLike: () => ({ 0: 'a', 1: 'b', length: 2 }),
  argumentsObject: () => (function () { return arguments })(1, 2, 3),
  typed: () => new Uint8Array([1, 2, 3]),
  string: () => 'abc',
};
const calls = [[], [0], [1], [-1], [10], [undefined], [1, 1], [0, 2], [1, 0], [1, undefined], [undefined, undefined], [1, -1], [1, 100], [-2, 1], [NaN, 1], [1.7, 1.2], ['1', '1'], [null, 1], [Infinity], [-Infinity, 1], [1, NaN],
  [1, 1, 'x'], [0, 0, 'x', 'y'], [1, 2, 'x'], [5, 0, 'z'], [0, 1, 1.5], [0, 1, 7, 8, 9], [2, 0, undefined], [{ valueOf: () => 1 }, { valueOf: () => 1 }], [0, { valueOf() { throw 'mine' } }], [Symbol('s')], [0, 5, 1]];
for (const [kind, make] of Object.entries(made)) for (const args of calls) {
  const name = `${kind} ${args.map(a => show(a)).join()}`;
  const a = make(), b = make();
  log(name, 'splice', attempt(() => Array.prototype.splice.apply(a, args)), attempt(() => show(a)));
  log(name, 'unshift', attempt(() => Array.prototype.unshift.apply(b, args)), attempt(() => show(b)));
}
for (const args of [[0, 1], [1, 1, 'x'], [0, 0, 'x'], [2, 1]]) {
  const asked = [];
  const proxy = new Proxy([1, 2, 3], {
    get(t, k) { asked.push('get ' + String(k)); return t[k] }, has(t, k) { asked.push('has ' + String(k)); return k in t },
    set(t, k, v) { asked.push('set ' + String(k)); t[k] = v; return true }, deleteProperty(t, k) { asked.push('delete ' + String(k)); return delete t[k] },
  });
  log(attempt(() => Array.prototype.splice.apply(proxy, args)), attempt(() => Array.prototype.unshift.apply(proxy, args)), asked.join());
}
// Indexed properties of prototypes, other species.
for (const prototype of [Array.prototype, Object.prototype]) {
  const asked = [];
  Object.defineProperty(prototype, 3, { set(v) { asked.push(v) }, get: () => 'inherited', configurable: true });
  const a = [1, 2, 3], b = [1, 2, 3, 4, 5];
  log(attempt(() => a.unshift(0)), show(a), attempt(() => b.splice(1, 2)), show(b), asked.join());
  delete prototype[3];
}
{
  const old = Object.getOwnPropertyDescriptor(Array, Symbol.species);
  Object.defineProperty(Array, Symbol.species, { value: Sub, configurable: true });
  log(attempt(() => [1, 2, 3].splice(1, 1)));
  Object.defineProperty(Array, Symbol.species, old);
  const constructor = Array.prototype.constructor;
  Array.prototype.constructor = Sub;
  log(attempt(() => [1, 2, 3].splice(1, 1)));
  Array.prototype.constructor = constructor;
  const a = [1, 2, 3];
  const brand = class extends (class { constructor(o) { return o } }) { #x = 1; static has(o) { return #x in o } };
  new brand(a);
  a.splice(0, 1); a.unshift(9);
  log(show(a), brand.has(a));
}
for (let i = 0; i < ROUNDS; i++) {
  const a = plainOf(random(12));
  const results = [];
  for (let n = 0; n < 6; n++) {
    const items = plainOf(random(3));
    if (random(3) === 0) results.push(a.unshift(...items));
    else results.push(show(a.splice(random(14) - 4, random(5) - 1, ...items)));
    if (random(8) === 0) Reflect.set(a, 'length', random(6));
    if (random(8) === 0) a.sort();
    if (random(8) === 0) results.push(a.shift());
    if (random(8) === 0) a.push(1.5);
  }
  log(results.join(), show(a), a.length, a.indexOf(1), a.map(x => typeof x).join());
}
