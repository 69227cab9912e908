import { useMemo, useReducer, useState } from 'react';
import { createRoot } from 'react-dom/client';

let next = 1;
function reduce(items, action) {
  switch (action.type) {
    case 'add': return [...items, { id: next++, text: action.text, done: false }];
    case 'toggle': return items.map(i => i.id === action.id ? { ...i, done: !i.done } : i);
    case 'remove': return items.filter(i => i.id !== action.id);
  }
}

function Item({ item, dispatch }) {
  return (
    <li className={item.done ? 'done' : ''}>
      <input type="checkbox" className="toggle" checked={item.done}
        onChange={() => dispatch({ type: 'toggle', id: item.id })} />
      <span className="label">{item.text}</span>
      <button type="button" className="remove" onClick={() => dispatch({ type: 'remove', id: item.id })}>×</button>
    </li>
  );
}

function App() {
  const [items, dispatch] = useReducer(reduce, []);
  const [text, setText] = useState('');
  const [filter, setFilter] = useState('all');
  const shown = useMemo(
    () => items.filter(i => filter === 'all' || i.done === (filter === 'done')), [items, filter]);
  return (
    <main>
      <form onSubmit={e => { e.preventDefault(); if (text) { dispatch({ type: 'add', text }); setText(''); } }}>
        <input id="new" value={text} onChange={e => setText(e.target.value)} />
        <button id="add">Add</button>
      </form>
      <output id="echo">{text}</output>
      <ul id="list">{shown.map(item => <Item key={item.id} item={item} dispatch={dispatch} />)}</ul>
      <p id="count">{items.filter(i => !i.done).length} left</p>
      <select id="filter" value={filter} onChange={e => setFilter(e.target.value)}>
        <option value="all">all</option><option value="active">active</option><option value="done">done</option>
      </select>
    </main>
  );
}

createRoot(document.getElementById('app')).render(<App />);
