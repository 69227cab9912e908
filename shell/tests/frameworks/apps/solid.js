import { createMemo, createSignal, For } from 'solid-js';
import { createStore } from 'solid-js/store';
import html from 'solid-js/html';
import { render } from 'solid-js/web';

let next = 1;
function App() {
  const [state, setState] = createStore({ items: [] });
  const [text, setText] = createSignal('');
  const [filter, setFilter] = createSignal('all');
  const shown = createMemo(
    () => state.items.filter(i => filter() === 'all' || i.done === (filter() === 'done')));
  const left = createMemo(() => state.items.filter(i => !i.done).length);
  const add = event => {
    event.preventDefault();
    if (text()) setState('items', items => [...items, { id: next++, text: text(), done: false }]);
    setText('');
  };
  return html`<main>
    <form onSubmit=${add}>
      <input id="new" prop:value=${text} onInput=${e => setText(e.target.value)} />
      <button id="add">Add</button>
    </form>
    <output id="echo">${text}</output>
    <ul id="list"><${For} each=${shown}>${item => html`<li class=${() => item.done ? 'done' : ''}>
      <input type="checkbox" class="toggle" prop:checked=${() => item.done}
        onChange=${() => setState('items', i => i.id === item.id, 'done', d => !d)} />
      <span class="label">${() => item.text}</span>
      <button type="button" class="remove"
        onClick=${() => setState('items', items => items.filter(i => i.id !== item.id))}>×</button>
    </li>`}<//></ul>
    <p id="count">${left} left</p>
    <select id="filter" onChange=${e => setFilter(e.target.value)}>
      <option value="all">all</option><option value="active">active</option><option value="done">done</option>
    </select>
  </main>`;
}

render(App, document.getElementById('app'));
