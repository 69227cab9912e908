// Serves the built pages, and is the server of the htmx page. Prints its port.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

const [folder] = process.argv.slice(2);
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };

let items = [];
let next = 1;
let filter = 'all';

const escape = text => text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
const row = i => `<li class="${i.done ? 'done' : ''}">
  <input type="checkbox" class="toggle" ${i.done ? 'checked' : ''} hx-post="htmx/toggle?id=${i.id}" hx-target="#list">
  <span class="label">${escape(i.text)}</span>
  <button type="button" class="remove" hx-post="htmx/remove?id=${i.id}" hx-target="#list">×</button></li>`;

function htmx(url, body) {
  const id = +url.searchParams.get('id');
  switch (url.pathname) {
    case '/htmx/add': {
      const text = body.get('text');
      if (text) items.push({ id: next++, text, done: false });
      break;
    }
    case '/htmx/toggle': items = items.map(i => i.id === id ? { ...i, done: !i.done } : i); break;
    case '/htmx/remove': items = items.filter(i => i.id !== id); break;
    case '/htmx/list': filter = url.searchParams.get('filter') ?? 'all'; break;
    default: return null;
  }
  const shown = items.filter(i => filter === 'all' || i.done === (filter === 'done'));
  return `${shown.map(row).join('')}
    <p id="count" hx-swap-oob="true">${items.filter(i => !i.done).length} left</p>`;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  let body = '';
  for await (const chunk of request) body += chunk;
  if (url.pathname === '/htmx.html') {
    [items, next, filter] = [[], 1, 'all'];
  }
  const answer = url.pathname.startsWith('/htmx/') ? htmx(url, new URLSearchParams(body)) : null;
  if (answer !== null) {
    response.writeHead(200, { 'content-type': types['.html'] }).end(answer);
    return;
  }
  try {
    const path = join(folder, normalize(url.pathname));
    const bytes = await readFile(path);
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(bytes);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
