import { css, html, LitElement } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { repeat } from 'lit/directives/repeat.js';
import { live } from 'lit/directives/live.js';

class TodoItem extends LitElement {
  static properties = { item: { attribute: false } };
  static styles = css`:host { display: block } .done { text-decoration: line-through }`;
  send(type) {
    this.dispatchEvent(new CustomEvent(type, { detail: this.item.id, bubbles: true, composed: true }));
  }
  render() {
    return html`<li class=${classMap({ done: this.item.done })}>
      <input type="checkbox" class="toggle" .checked=${live(this.item.done)} @change=${() => this.send('toggle')}>
      <span class="label">${this.item.text}</span>
      <button type="button" class="remove" @click=${() => this.send('remove')}>×</button>
    </li>`;
  }
}
customElements.define('todo-item', TodoItem);

class TodoApp extends LitElement {
  static properties = { items: { state: true }, text: { state: true }, filter: { state: true } };
  constructor() {
    super();
    this.items = [];
    this.text = '';
    this.filter = 'all';
    this.next = 1;
    this.addEventListener('toggle', e => {
      this.items = this.items.map(i => i.id === e.detail ? { ...i, done: !i.done } : i);
    });
    this.addEventListener('remove', e => { this.items = this.items.filter(i => i.id !== e.detail); });
  }
  add(event) {
    event.preventDefault();
    if (this.text) this.items = [...this.items, { id: this.next++, text: this.text, done: false }];
    this.text = '';
  }
  render() {
    const shown = this.items.filter(i => this.filter === 'all' || i.done === (this.filter === 'done'));
    return html`<main>
      <form @submit=${this.add}>
        <input id="new" .value=${live(this.text)} @input=${e => { this.text = e.target.value; }}>
        <button id="add">Add</button>
      </form>
      <output id="echo">${this.text}</output>
      <ul id="list">${repeat(shown, i => i.id, i => html`<todo-item .item=${i}></todo-item>`)}</ul>
      <p id="count">${this.items.filter(i => !i.done).length} left</p>
      <select id="filter" @change=${e => { this.filter = e.target.value; }}>
        <option value="all">all</option><option value="active">active</option><option value="done">done</option>
      </select>
    </main>`;
  }
}
customElements.define('todo-app', TodoApp);
document.getElementById('app').append(document.createElement('todo-app'));
