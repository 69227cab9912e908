// BYTES as URLs and as values: what comes back must be what went in.
(() => {
  const broken = (what, ...details) => console.log('BROKEN', what, ...details.map(String));
  const whole = new TextDecoder('utf-8').decode(new Uint8Array(BYTES));
  const [address = '', base, query = whole] = whole.split('\n');

  const parse = (...parts) => { try { return new URL(...parts); } catch { return null; } };
  const parts = ['protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash', 'href'];
  const url = parse(address, base === undefined ? 'https://example.org/a/b?c#d' : base) ?? parse(address);
  if (URL.canParse(address) !== (parse(address) !== null)) broken('canParse and the constructor differ', address);
  if (url) {
    const again = parse(url.href);
    if (!again) broken('a URL that was parsed does not parse', url.href);
    else if (again.href !== url.href) broken('a URL changes when it is parsed again', url.href, again.href);
    for (const part of parts) {
      for (const value of [query, url[part], '']) {
        const copy = new URL(url);
        try { copy[part] = value; } catch { continue; }
        const back = parse(copy.href);
        if (!back) broken(`a URL does not parse after ${part} was set`, url.href, value, copy.href);
        else if (back.href !== copy.href) broken(`a URL changes after ${part} was set`, copy.href, back.href);
        else for (const other of parts) if (back[other] !== copy[other]) broken(`${other} differs after ${part} was set`, copy.href, copy[other], back[other]);
      }
    }
    const listed = [...url.searchParams].toString();
    if (listed !== [...new URLSearchParams(url.search)].toString()) broken('a query has two lists', url.href, listed);
    url.searchParams.append(query, address);
    if ([...url.searchParams].toString() !== [...new URL(url).searchParams].toString()) broken('a parameter is not in the URL', url.href);
    const link = document.createElement('a');
    link.setAttribute('href', url.href);
    if (link.href !== url.href) broken('a link has another URL', url.href, link.href);
  }
  const params = new URLSearchParams(query);
  const text = params.toString();
  if (new URLSearchParams(text).toString() !== text) broken('search parameters change', text);
  const pairs = [...params];
  params.sort();
  for (const [name] of pairs) {
    if (params.getAll(name).toString() !== pairs.filter(pair => pair[0] === name).map(pair => pair[1]).toString()) broken('sorting changes values', text);
  }
  const encoded = new TextEncoder().encode(whole);
  if (new TextDecoder('utf-8', { ignoreBOM: true }).decode(encoded) !== whole) broken('text changes in UTF-8', whole);

  let at = 0;
  const byte = () => BYTES[at++ % BYTES.length] ?? 0;
  const made = [];
  const make = depth => {
    const kinds = [
      () => byte(), () => -byte() / 3, () => NaN, () => -0, () => whole.slice(0, byte()), () => true, () => null,
      () => undefined, () => BigInt(byte()) ** 9n, () => new Date(byte() * 1e9), () => new RegExp('a|b', 'gi'),
      () => new Uint8Array([byte(), byte()]), () => new Float64Array([byte() / 7]).buffer, () => Object(byte()),
      () => made[byte() % (made.length || 1)], () => new RangeError(whole.slice(0, 9)), () => new DOMRect(byte(), 1, 2, 3),
      () => Object(whole.slice(0, 3)), () => Object(false), () => Object(BigInt(byte())), () => new Date(NaN),
      () => new DataView(new ArrayBuffer(byte()), 0), () => new Uint16Array(new ArrayBuffer(16), 2, 3), () => new BigInt64Array([-1n]),
      () => new DOMException(whole.slice(0, 4), 'DataCloneError'), () => String.fromCharCode(0xd800 + byte()), () => new DOMPoint(byte()),
      () => new DOMMatrix([1, byte(), 3, 4, 5, 6]), () => { const e = new Error('m'); delete e.message; return e; }, () => new Array(byte()),
    ];
    const nested = [
      () => { const o = {}; made.push(o); for (let n = byte() % 5; n; n--) o['k' + byte()] = make(depth + 1); return o; },
      () => { const a = []; made.push(a); for (let n = byte() % 5; n; n--) a[byte() % 9] = make(depth + 1); return a; },
      () => { const m = new Map(); made.push(m); for (let n = byte() % 4; n; n--) m.set(make(depth + 1), make(depth + 1)); return m; },
      () => { const s = new Set(); made.push(s); for (let n = byte() % 4; n; n--) s.add(make(depth + 1)); return s; },
      () => { const o = {}, x = make(depth + 2); made.push(o); Object.defineProperty(o, 'x' + byte(), { enumerable: true, get: () => x }); return o; },
    ];
    return depth < 6 && byte() < 140 ? nested[byte() % nested.length]() : kinds[byte() % kinds.length]();
  };
  const same = (a, b, pairs = new Map()) => {
    const equal = (a, b) => {
      if (typeof a !== 'object' || a === null) return Object.is(a, b);
      if (pairs.has(a)) return pairs.get(a) === b;
      pairs.set(a, b);
      if (typeof b !== 'object' || b === null || a === b || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
      if (a instanceof Date || a instanceof Number || a instanceof Boolean || a instanceof BigInt) return Object.is(a.valueOf(), b.valueOf());
      if (a instanceof String) return a.valueOf() === b.valueOf();
      if (a instanceof RegExp) return a.source === b.source && a.flags === b.flags;
      if (a instanceof Error || a instanceof DOMException) return a.message === b.message && a.name === b.name && Object.hasOwn(a, 'message') === Object.hasOwn(b, 'message');
      if (a instanceof ArrayBuffer) return a.byteLength === b.byteLength && equal(new Uint8Array(a), new Uint8Array(b));
      if (ArrayBuffer.isView(a)) {
        if (a.byteOffset !== b.byteOffset || a.byteLength !== b.byteLength || a.buffer.byteLength !== b.buffer.byteLength) return false;
        const bytes = view => new Uint8Array(view.buffer, view.byteOffset, view.byteLength).join();
        return bytes(a) === bytes(b);
      }
      if (a instanceof Map) return equal([...a].flat(), [...b].flat());
      if (a instanceof Set) return equal([...a], [...b]);
      if (a.toJSON) return JSON.stringify(a) === JSON.stringify(b);
      const keys = Object.keys(a);
      return keys.join() === Object.keys(b).join() && (!Array.isArray(a) || a.length === b.length)
        && keys.every(key => Object.hasOwn(b, key) && equal(a[key], b[key]));
    };
    return equal(a, b);
  };
  const show = value => { try { return JSON.stringify(value); } catch (error) { return error; } };
  const value = make(0);
  try {
    if (!same(value, structuredClone(value))) broken('a structured clone differs', show(value), show(structuredClone(value)));
    history.replaceState(value, '');
    if (!same(value, history.state)) broken('a state of the history differs');
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = event => {
      if (!same(value, event.data)) broken('a message differs');
      port2.close();
    };
    port1.postMessage(value);
    // What is transferred is gone here, and all there.
    const buffer = new Uint8Array(BYTES).buffer, length = buffer.byteLength;
    const moved = structuredClone({ value, buffer }, { transfer: [buffer] });
    if (buffer.byteLength !== 0 || moved.buffer.byteLength !== length || !same(value, moved.value)) broken('a transferred buffer differs');
  } catch (error) {
    broken('a value cannot be cloned', error);
  }
})();
