// Rows of the table: the same in every run.
const SIZES = ['small', 'large', 'tiny', 'huge', 'long', 'short', 'wide', 'narrow', 'round'];
const COLOURS = ['red', 'blue', 'green', 'yellow', 'brown', 'white', 'black', 'grey'];
const THINGS = ['house', 'boat', 'cloud', 'lamp', 'river', 'stone', 'bird', 'road', 'letter', 'bell'];

let seed = 1;
function pick(words) {
  seed = (seed * 16807) % 2147483647;
  return words[seed % words.length];
}

let next = 1;
export function rows(count) {
  const made = new Array(count);
  for (let i = 0; i < count; i++) {
    made[i] = { id: next++, label: `${pick(SIZES)} ${pick(COLOURS)} ${pick(THINGS)}` };
  }
  return made;
}

/// What the operations do to the state { rows, selected }.
export const operations = {
  create: count => () => ({ rows: rows(count), selected: 0 }),
  append: count => state => ({ ...state, rows: state.rows.concat(rows(count)) }),
  update: () => state => ({
    ...state,
    rows: state.rows.map((row, i) => i % 10 === 0 ? { ...row, label: row.label + ' !' } : row),
  }),
  select: id => state => ({ ...state, selected: id }),
  swap: () => state => {
    const rows = state.rows.slice();
    [rows[1], rows[998]] = [rows[998], rows[1]];
    return { ...state, rows };
  },
  remove: id => state => ({ ...state, rows: state.rows.filter(row => row.id !== id) }),
  clear: () => () => ({ rows: [], selected: 0 }),
};
