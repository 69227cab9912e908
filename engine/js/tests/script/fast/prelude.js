// What every comparison starts with: ways to show values, and a generator of numbers.
const out = [];
function show(value, depth = 0) {
  switch (typeof value) {
    case 'string': return JSON.stringify(value);
    case 'number': return Object.is(value, -0) ? '-0' : String(value);
    case 'symbol': case 'bigint': case 'boolean': case 'undefined': return String(value);
    case 'function': return `function ${value.name}`;
  }
  if (value === null) return 'null';
  if (depth > 3) return '…';
  const keys = Reflect.ownKeys(value).map(key => {
    const d = Object.getOwnPropertyDescriptor(value, key);
    const flags = (d.writable ? 'w' : '') + (d.enumerable ? 'e' : '') + (d.configurable ? 'c' : '');
    return `${String(key)}:${flags}:${'value' in d ? show(d.value, depth + 1) : 'accessor'}`;
  });
  const proto = Object.getPrototypeOf(value);
  const kind = value instanceof RegExp ? `${RegExp.prototype.toString.call(value)}` : proto === null ? 'null-object' : proto.constructor.name;
  return `${kind}{${keys.join(' ')}}`;
}
// What a call gives: a value, or the kind of what it throws.
function attempt(call) {
  try { return show(call()) } catch (e) { return `throws ${e instanceof Error ? e.name : show(e)}` }
}
function log(...parts) { out.push(parts.join(' ')) }
let seed = 12345;
function random(bound) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor(seed / 4294967296 * bound);
}
function pick(list) { return list[random(list.length)] }
