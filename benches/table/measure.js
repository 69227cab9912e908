// Times the operations on a table. `table.apply(change)` changes the state and the DOM before it
// returns; the time of an operation ends with layout.
import { operations } from './data.js';

const SAMPLES = 5;

export async function measure(table) {
  const body = () => document.querySelector('tbody');
  const layout = () => document.querySelector('main').getBoundingClientRect().height;
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const id = place => Number(body().children[place].firstChild.textContent);
  const lines = [];

  async function time(name, prepare, operation, rows) {
    const times = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      for (const change of prepare()) table.apply(change);
      layout();
      await frame();
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
    lines.push(`${name}: ${times[SAMPLES >> 1].toFixed(3)} ms`);
  }

  const { create, append, update, select, swap, remove, clear } = operations;
  const thousand = () => [clear(), create(1000)];
  await time('create 1000', () => [clear()], () => create(1000), 1000);
  await time('replace 1000', thousand, () => create(1000), 1000);
  await time('update every 10th', thousand, update, 1000);
  await time('select', thousand, () => select(id(5)), 1000);
  await time('swap', thousand, swap, 1000);
  await time('remove', thousand, () => remove(id(5)), 999);
  await time('create 10000', () => [clear()], () => create(10_000), 10_000);
  await time('append 1000 to 10000', () => [clear(), create(10_000)], () => append(1000), 11_000);
  await time('clear 10000', () => [clear(), create(10_000)], clear, 0);
  return lines;
}

/// Measures, and tells the server that the page came from.
export function report(table) {
  measure(table)
    .catch(error => [`failed: ${error.message}`])
    .then(lines => fetch('/result', { method: 'POST', body: lines.join('\n') }));
}
