import { Component, render } from 'preact';
import { flushSync, memo } from 'preact/compat';
import { operations } from './data.js';
import { report } from './measure.js';

let table;
const change = operation => table.setState(operation);

const Row = memo(({ row, selected }) => (
  <tr class={selected ? 'selected' : ''}>
    <td>{row.id}</td>
    <td><a onClick={() => change(operations.select(row.id))}>{row.label}</a></td>
    <td><a class="remove" onClick={() => change(operations.remove(row.id))}>×</a></td>
  </tr>
));

class Table extends Component {
  state = { rows: [], selected: 0 };
  componentWillMount() { table = this; }
  render(_, state) {
    return (
      <table><tbody>
        {state.rows.map(row => <Row key={row.id} row={row} selected={row.id === state.selected} />)}
      </tbody></table>
    );
  }
}

render(<Table />, document.querySelector('main'));
report({ apply: operation => flushSync(() => change(operation)) });
