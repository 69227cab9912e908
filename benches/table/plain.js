// Script on the DOM, as somebody would write it who has no framework: keyed rows, one change each.
import { report } from './measure.js';

document.querySelector('main').innerHTML = '<table><tbody></tbody></table>';
const body = document.querySelector('tbody');
const template = document.createElement('template');
template.innerHTML = '<tr><td></td><td><a></a></td><td><a class="remove">×</a></td></tr>';

let state = { rows: [], selected: 0 };
let elements = new Map();

function make(row) {
  const tr = template.content.firstChild.cloneNode(true);
  tr.firstChild.textContent = row.id;
  tr.children[1].firstChild.textContent = row.label;
  return { tr, row };
}

body.addEventListener('click', event => {
  const tr = event.target.closest('tr');
  const id = Number(tr.firstChild.textContent);
  const change = event.target.className === 'remove'
    ? state => ({ ...state, rows: state.rows.filter(row => row.id !== id) })
    : state => ({ ...state, selected: id });
  apply(change);
});

function apply(change) {
  const old = state;
  state = change(state);
  if (state.rows !== old.rows) {
    if (!state.rows.length || !state.rows.some(row => elements.has(row.id))) {
      body.textContent = '';
      elements = new Map();
    }
    const seen = new Map();
    let place = body.firstChild;
    const fresh = document.createDocumentFragment();
    for (const row of state.rows) {
      let own = elements.get(row.id);
      if (!own) {
        own = make(row);
        fresh.append(own.tr);
      } else {
        if (own.row.label !== row.label) own.tr.children[1].firstChild.firstChild.data = row.label;
        own.row = row;
        if (own.tr === place) {
          place = place.nextSibling;
        } else if (place && place.nextSibling === own.tr) {
          place.remove();
          place = own.tr.nextSibling;
        } else {
          body.insertBefore(own.tr, place);
        }
      }
      seen.set(row.id, own);
    }
    while (place) {
      const next = place.nextSibling;
      place.remove();
      place = next;
    }
    body.append(fresh);
    elements = seen;
  }
  if (state.selected !== old.selected) {
    elements.get(old.selected)?.tr.classList.remove('selected');
    elements.get(state.selected)?.tr.classList.add('selected');
  }
}

report({ apply });
