import { memo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { operations } from './data.js';
import { report } from './measure.js';

let change;

const Row = memo(({ row, selected }) => (
  <tr className={selected ? 'selected' : ''}>
    <td>{row.id}</td>
    <td><a onClick={() => change(operations.select(row.id))}>{row.label}</a></td>
    <td><a className="remove" onClick={() => change(operations.remove(row.id))}>×</a></td>
  </tr>
));

function Table() {
  const [state, setState] = useState({ rows: [], selected: 0 });
  change = setState;
  return (
    <table><tbody>
      {state.rows.map(row => <Row key={row.id} row={row} selected={row.id === state.selected} />)}
    </tbody></table>
  );
}

const root = createRoot(document.querySelector('main'));
flushSync(() => root.render(<Table />));
report({ apply: operation => flushSync(() => change(operation)) });
