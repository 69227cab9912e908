// Times the operations on a table. `table.apply(change)` changes the state and the DOM before it
// returns; the time of an operation ends with layout. `?only=create 1000` in the address picks one
// operation, `?samples=20` says how often it is timed.
import { operations } from './data.js';

const asked = new URLSearchParams(location.search);
const only = asked.get('only');
const samples = Number(asked.get('samples') ?? 5);
// Milliseconds after which an operation is not timed again.
const PATIENCE = asked.has('samples') ? Infinity : 3000;

/// Measures, and gives each line to `say` as soon as it is known.
async function measure(table, say) {
  const body = () => document.querySelector('tbody');
  const layout = () => document.querySelector('main').getBoundingClientRect().height;
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const id = place => Number(body().children[place].firstChild.textContent);

  async function time(name, prepare, operation, rows) {
    if (only && only !== name) return;
    const times = [];
    const began = performance.now();
    while (times.length < samples && (!times.length || performance.now() - began < PATIENCE)) {
      for (const change of prepare()) {
        table.apply(change);
        layout();
        await frame();
      }
      const change = operation();
      const start = performance.now();
      table.apply(change);
      layout();
      times.push(performance.now() - start);
      const found = body().children.length;
      if (found !== rows) throw new Error(`${name}: ${found} rows instead of ${rows}`);
      await frame();
    }
    times.sort((a, b) => a - b);
    await say(`${name}: ${times[times.length >> 1].toFixed(3)} ms`);
  }

  const { create, append, update, select, swap, remove, clear } = operations;
  const thousand = () => [clear(), create(1000)];
  // In pieces: React looks at all new rows behind each new row to find its place, which for
  // 10,000 at once are 50 million steps.
  const many = () => [clear(), ...Array.from({ length: 10 }, () => append(1000))];
  await time('create 1000', () => [clear()], () => create(1000), 1000);
  await time('replace 1000', thousand, () => create(1000), 1000);
  await time('update every 10th', thousand, update, 1000);
  await time('select', thousand, () => select(id(5)), 1000);
  await time('swap', thousand, swap, 1000);
  await time('remove', thousand, () => remove(id(5)), 999);
  await time('append 1000 to 10000', many, () => append(1000), 11_000);
  await time('clear 10000', many, clear, 0);
  await time('create 10000', () => [clear()], () => create(10_000), 10_000);
}

/// Measures, and tells the server that the page came from.
export function report(table) {
  const say = line => fetch('/result', { method: 'POST', body: line });
  measure(table, say).then(() => say('end'), error => say(`failed: ${error.message}`));
}
