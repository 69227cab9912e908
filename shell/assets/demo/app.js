// Notes with the place where they were made, kept in localStorage.
const form = document.getElementById("form");
const text = document.getElementById("text");
const list = document.getElementById("notes");
const place = document.getElementById("place");

let notes = JSON.parse(localStorage.getItem("notes") ?? "null") ?? [
  { what: "Swifts over the roof", where: "51.4770, -0.0010", done: false },
  { what: "Rain that never reached the ground", where: "51.4775, -0.0012", done: true },
];
let here = "";

function save() {
  localStorage.setItem("notes", JSON.stringify(notes));
}

function row(note) {
  const item = document.createElement("li");
  item.className = note.done ? "done" : "";
  const what = document.createElement("span");
  what.className = "what";
  what.textContent = note.what;
  const where = document.createElement("span");
  where.className = "where";
  where.textContent = note.where;
  item.append(what, where);
  item.addEventListener("click", () => {
    note.done = !note.done;
    item.classList.toggle("done", note.done);
    save();
  });
  return item;
}

function count() {
  document.getElementById("empty").style.display = notes.length ? "none" : "block";
  document.getElementById("count").textContent = notes.length === 1 ? "1 note" : `${notes.length} notes`;
}

function show() {
  list.replaceChildren(...notes.map(row));
  count();
}

form.addEventListener("submit", event => {
  event.preventDefault();
  const what = text.value.trim();
  if (what === "") return;
  const note = { what, where: here, done: false };
  notes.push(note);
  list.append(row(note));
  count();
  save();
  text.value = "";
});

document.getElementById("clear").addEventListener("click", () => {
  notes = [];
  show();
  save();
});

navigator.geolocation.watchPosition(
  position => {
    const { latitude, longitude, accuracy } = position.coords;
    here = `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`;
    place.textContent = `You are at ${here} (± ${Math.round(accuracy)} m)`;
  },
  error => {
    place.textContent = error.code === error.PERMISSION_DENIED
      ? "Notes have no place: you did not allow it"
      : `Notes have no place: ${error.message}`;
  },
);

show();
console.log(`Field notes is ready with ${notes.length} notes`);
