// On the global `$` of jquery.min.js.
const app = $('#app').html(`<main>
  <form><input id="new"><button id="add">Add</button></form><output id="echo"></output>
  <ul id="list"></ul><p id="count">0 left</p>
  <select id="filter"><option value="all">all</option><option value="active">active</option>
    <option value="done">done</option></select></main>`);

function update() {
  $('#count').text(`${$('#list li').not('.done').length} left`);
  const filter = $('#filter').val();
  $('#list li').each((_, li) => {
    $(li).toggle(filter === 'all' || $(li).hasClass('done') === (filter === 'done'));
  });
}

app.on('input', '#new', event => $('#echo').text(event.target.value));
app.on('submit', 'form', event => {
  event.preventDefault();
  const text = $('#new').val();
  if (text) {
    $('<li>').append(
      $('<input>', { type: 'checkbox', class: 'toggle' }),
      $('<span>', { class: 'label', text }),
      $('<button>', { type: 'button', class: 'remove', text: '×' }),
    ).appendTo('#list');
  }
  $('#new').val('');
  $('#echo').empty();
  update();
});
app.on('change', '.toggle', event => {
  $(event.target).closest('li').toggleClass('done', event.target.checked);
  update();
});
app.on('click', '.remove', event => { $(event.target).closest('li').remove(); update(); });
app.on('change', '#filter', update);
