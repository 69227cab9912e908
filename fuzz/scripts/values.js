// BYTES as URLs and as values: what comes back must be what went in.
(() => {
  const broken = (what, ...details) => console.log('BROKEN', what, ...details.map(String));
  const whole = String.fromCharCode(...BYTES);
  const [address, base, query] = whole.split('\n');

  const parse = (...parts) => { try { return new URL(...parts); } catch { return null; } };
  const url = parse(address ?? '', base === undefined ? 'https://example.org/a/b?c#d' : base) ?? parse(address ?? '');
  if (url) {
    const again = parse(url.href);
    if (!again) broken('a URL that was parsed does not parse', url.href);
    else if (again.href !== url.href) broken('a URL changes when it is parsed again', url.href, again.href);
    for (const part of ['protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash']) {
      const copy = new URL(url);
      copy[part] = query ?? whole;
      if (!parse(copy.href)) broken(`a URL does not parse after ${part} was set`, copy.href);
    }
  }
  const params = new URLSearchParams(query ?? whole);
  const text = params.toString();
  if (new URLSearchParams(text).toString() !== text) broken('search parameters change', text);

  let at = 0;
  const byte = () => BYTES[at++ % BYTES.length] ?? 0;
  const made = [];
  const make = depth => {
    const kinds = [
      () => byte(), () => -byte() / 3, () => NaN, () => -0, () => whole.slice(0, byte()), () => true, () => null,
      () => undefined, () => BigInt(byte()) ** 9n, () => new Date(byte() * 1e9), () => new RegExp('a|b', 'gi'),
      () => new Uint8Array([byte(), byte()]), () => new Float64Array([byte() / 7]).buffer, () => Object(byte()),
      () => made[byte() % (made.length || 1)], () => new RangeError(whole.slice(0, 9)),
    ];
    const nested = [
      () => { const o = {}; made.push(o); for (let n = byte() % 5; n; n--) o['k' + byte()] = make(depth + 1); return o; },
      () => { const a = []; made.push(a); for (let n = byte() % 5; n; n--) a[byte() % 9] = make(depth + 1); return a; },
      () => { const m = new Map(); made.push(m); for (let n = byte() % 4; n; n--) m.set(make(depth + 1), make(depth + 1)); return m; },
      () => { const s = new Set(); made.push(s); for (let n = byte() % 4; n; n--) s.add(make(depth + 1)); return s; },
    ];
    return depth < 6 && byte() < 140 ? nested[byte() % nested.length]() : kinds[byte() % kinds.length]();
  };
  const pairs = new Map();
  const same = (a, b) => {
    if (typeof a !== 'object' || a === null) return Object.is(a, b);
    if (pairs.has(a)) return pairs.get(a) === b;
    pairs.set(a, b);
    if (typeof b !== 'object' || b === null || a === b || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    if (a instanceof Date || a instanceof Number) return Object.is(a.valueOf(), b.valueOf());
    if (a instanceof RegExp) return a.source === b.source && a.flags === b.flags;
    if (a instanceof Error) return a.message === b.message && a.name === b.name;
    if (a instanceof ArrayBuffer) return same(new Uint8Array(a), new Uint8Array(b));
    if (a instanceof Map) return same([...a].flat(), [...b].flat());
    if (a instanceof Set) return same([...a], [...b]);
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && (!Array.isArray(a) || a.length === b.length)
      && keys.every(key => Object.hasOwn(b, key) && same(a[key], b[key]));
  };
  const value = make(0);
  try {
    if (!same(value, structuredClone(value))) broken('a structured clone differs');
  } catch (error) {
    broken('a value cannot be cloned', error);
  }
})();
