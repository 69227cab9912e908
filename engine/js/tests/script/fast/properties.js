const where = [
  [String.prototype, ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll']],
  [Array.prototype, ['splice', 'unshift']],
  [RegExp.prototype, ['exec', 'test', 'compile', Symbol.match, Symbol.replace, Symbol.search, Symbol.split]],
];
for (const [holder, names] of where) {
  log(Reflect.ownKeys(holder).map(String).join());
  for (const name of names) {
    const f = holder[name];
    log(String(name), show(Object.getOwnPropertyDescriptor(holder, name)));
    log(f.name, f.length, Function.prototype.toString.call(f), Reflect.ownKeys(f).map(String).join());
    log(Reflect.ownKeys(f).map(key => show(Object.getOwnPropertyDescriptor(f, key))).join());
    log(Object.getPrototypeOf(f) === Function.prototype, Object.isExtensible(f), 'prototype' in f);
    log(attempt(() => new f()), attempt(() => Reflect.construct(Object, [], f)));
    for (const receiver of [undefined, null, 1, true, Symbol('s'), {}, [], 'text', /x/g, Object('text'), () => 1]) {
      for (const args of [[], [undefined], ['e'], [/e/], [null, null], [Symbol('a')], [1, Symbol('b')], [{ toString() { throw 7 } }], ['e', { toString() { throw 8 } }]])
        log(String(name), attempt(() => f.apply(receiver, args)));
    }
  }
}
