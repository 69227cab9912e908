// What BYTES tell to do: pick an object, a member and arguments, again and again.
(() => {
  let at = 0;
  const byte = () => BYTES[at++ % BYTES.length] ?? 0;
  // What would end the page, wait for somebody or never come back.
  const LEFT_OUT = new Set([
    'close', 'stop', 'alert', 'prompt', 'confirm', 'print', 'open', 'reload', 'assign', 'replace', 'href',
    'location', 'done', 'internals', 'BYTES', 'eval', 'Function', 'write', 'writeln', 'submit', 'requestSubmit',
  ]);
  const objects = [window, document, document.body, f, i, s, d, d.firstChild.firstChild, navigator, history];
  const names = Object.getOwnPropertyNames(window).filter(name => !LEFT_OUT.has(name));
  const text = () => {
    let out = '';
    for (let n = byte() % 12; n > 0; n--) out += String.fromCharCode(byte() < 128 ? 32 + byte() % 96 : byte() * 257);
    return out;
  };
  const values = [
    () => undefined, () => null, () => true, () => byte(), () => -byte() / 7, () => 2 ** byte(), () => NaN, text, text,
    () => ({}), () => [], () => ({ [text()]: byte(), bubbles: true, composed: true }), () => [byte(), text()],
    () => () => objects[byte() % objects.length], () => new Uint8Array(byte()), () => Symbol.iterator,
    () => new Proxy({}, { get() { throw new Error('trap'); } }), () => 10n ** BigInt(byte()),
    () => ({ get type() { document.body.append(d); return text(); } }), () => new Date(byte() * 1e10),
  ];
  const value = () => byte() < 128 ? objects[byte() % objects.length] : values[byte() % values.length]();
  const some = () => Array.from({ length: byte() % 5 }, value);
  const keep = result => {
    if (result !== null && (typeof result === 'object' || typeof result === 'function')) {
      if (objects.length < 64) objects.push(result); else objects[byte() % 64] = result;
    }
    if (result instanceof Promise) result.then(keep, () => {});
  };
  const members = object => {
    const all = [];
    for (let o = object, depth = 0; o && depth < 8; o = Object.getPrototypeOf(o), depth++) {
      if (o === Object.prototype || o === Function.prototype) break;
      all.push(...Reflect.ownKeys(o).filter(key => typeof key !== 'string' || !LEFT_OUT.has(key)));
    }
    return all;
  };
  for (let steps = Math.min(200, BYTES.length); steps > 0; steps--) {
    try {
      const kind = byte() % 8;
      if (kind === 0) {
        const constructor = window[names[byte() * 3 % names.length]];
        if (typeof constructor === 'function') keep(Reflect.construct(constructor, some()));
        continue;
      }
      const object = objects[byte() % objects.length];
      const keys = members(object);
      if (!keys.length) continue;
      const key = keys[byte() * 7 % keys.length];
      if (kind === 1) object[key] = value();
      else if (kind === 2) delete object[key];
      else {
        const found = object[key];
        keep(typeof found === 'function' && !/^[A-Z]/.test(String(key)) ? Reflect.apply(found, kind === 3 ? value() : object, some()) : found);
      }
    } catch {
      // Errors are what is expected of most.
    }
  }
})();
