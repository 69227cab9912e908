// On the global `m` of mithril.min.js.
const state = { items: [], text: '', filter: 'all', next: 1 };
const App = {
  view: () => m('main', [
    m('form', {
      onsubmit: event => {
        event.preventDefault();
        if (state.text) state.items.push({ id: state.next++, text: state.text, done: false });
        state.text = '';
      },
    }, [
      m('input#new', { value: state.text, oninput: e => { state.text = e.target.value; } }),
      m('button#add', 'Add'),
    ]),
    m('output#echo', state.text),
    m('ul#list', state.items
      .filter(i => state.filter === 'all' || i.done === (state.filter === 'done'))
      .map(i => m('li', { key: i.id, class: i.done ? 'done' : '' }, [
        m('input.toggle[type=checkbox]', { checked: i.done, onchange: () => { i.done = !i.done; } }),
        m('span.label', i.text),
        m('button.remove[type=button]', {
          onclick: () => { state.items = state.items.filter(other => other !== i); },
        }, '×'),
      ]))),
    m('p#count', `${state.items.filter(i => !i.done).length} left`),
    m('select#filter', { value: state.filter, onchange: e => { state.filter = e.target.value; } },
      ['all', 'active', 'done'].map(f => m('option', { value: f }, f))),
  ]),
};
m.mount(document.getElementById('app'), App);
