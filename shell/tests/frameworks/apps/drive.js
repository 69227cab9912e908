// Plays a user of the list: real input through `internals.sendInput`, and what the page must show
// after each step, whichever framework shows it.
(() => {
  const STEP_LIMIT = 10_000; // ms

  // Every element that matches, also inside open shadow trees, in tree order.
  function all(selector, root = document) {
    const found = [];
    const walk = node => {
      for (const child of node.children) {
        if (child.matches(selector)) found.push(child);
        if (child.shadowRoot) walk(child.shadowRoot);
        walk(child);
      }
    };
    walk(root);
    return found;
  }

  function shown() {
    const items = all('li').filter(li => li.getBoundingClientRect().height > 0).map(li => {
      const box = li.querySelector('.toggle');
      const done = li.classList.contains('done');
      return `${box.checked ? 'x' : '-'}${done === box.checked ? '' : '?'} ${li.querySelector('.label').textContent}`;
    });
    const [field] = all('#new');
    const [echo] = all('#echo');
    const [count] = all('#count');
    return `[${items.join(', ')}] ${count?.textContent} "${field?.value}" "${echo?.textContent}"`;
  }

  // Actions as in https://w3c.github.io/webdriver/#actions
  function tap(element) {
    const box = element.getBoundingClientRect();
    const actions = [
      { type: 'pointerMove', x: box.x + box.width / 2, y: box.y + box.height / 2 },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    return internals.sendInput([{ type: 'pointer', id: 'finger', parameters: { pointerType: 'touch' }, actions }]);
  }
  const KEYS = { Enter: '\uE007', Backspace: '\uE003', ArrowUp: '\uE013', ArrowDown: '\uE015' };
  const press = (...keys) => internals.sendInput([{
    type: 'key', id: 'keyboard',
    actions: keys.map(key => KEYS[key] ?? key).flatMap(value => [{ type: 'keyDown', value }, { type: 'keyUp', value }]),
  }]);
  const type = text => press(...text);

  async function step(name, act, expected) {
    await act();
    const begin = performance.now();
    while (shown() !== expected) {
      if (performance.now() - begin > STEP_LIMIT) {
        throw new Error(`${name}: expected ${expected}, but it shows ${shown()}`);
      }
      await new Promise(requestAnimationFrame);
    }
    console.log(`${name}: ${expected}`);
  }

  async function play() {
    await step('start', () => {}, '[] 0 left "" ""');
    await step('type', async () => { await tap(all('#new')[0]); await type('milk'); }, '[] 0 left "milk" "milk"');
    await step('enter adds', () => press('Enter'), '[- milk] 1 left "" ""');
    await step('the field keeps the focus', () => type('bread!'), '[- milk] 1 left "bread!" "bread!"');
    await step('backspace', () => press('Backspace'), '[- milk] 1 left "bread" "bread"');
    await step('the button adds', () => tap(all('#add')[0]), '[- milk, - bread] 2 left "" ""');
    await step('a third', async () => { await tap(all('#new')[0]); await type('eggs'); await press('Enter'); },
      '[- milk, - bread, - eggs] 3 left "" ""');
    await step('toggle', () => tap(all('.toggle')[1]), '[- milk, x bread, - eggs] 2 left "" ""');
    await step('filter: active', async () => { all('#filter')[0].focus(); await press('ArrowDown'); },
      '[- milk, - eggs] 2 left "" ""');
    await step('filter: done', () => press('ArrowDown'), '[x bread] 2 left "" ""');
    await step('filter: all', async () => { await press('ArrowUp'); await press('ArrowUp'); },
      '[- milk, x bread, - eggs] 2 left "" ""');
    await step('space toggles', async () => { all('.toggle')[2].focus(); await press(' '); },
      '[- milk, x bread, x eggs] 1 left "" ""');
    await step('remove', () => tap(all('.remove')[0]), '[x bread, x eggs] 0 left "" ""');
    await step('toggle back', () => tap(all('.toggle')[0]), '[- bread, x eggs] 1 left "" ""');
    console.log('passed');
  }

  play().catch(error => console.log(`failed: ${error.message}`)).finally(() => window.close());
})();
