// On the global `Vue` of vue.global.prod.js; the template is in the page.
Vue.createApp({
  setup() {
    const items = Vue.ref([]);
    const text = Vue.ref('');
    const filter = Vue.ref('all');
    const shown = Vue.computed(
      () => items.value.filter(i => filter.value === 'all' || i.done === (filter.value === 'done')));
    const left = Vue.computed(() => items.value.filter(i => !i.done).length);
    let next = 1;
    function add() {
      if (text.value) items.value.push({ id: next++, text: text.value, done: false });
      text.value = '';
    }
    const remove = item => { items.value = items.value.filter(i => i !== item); };
    return { items, text, filter, shown, left, add, remove };
  },
}).mount('#app');
