const list = document.getElementById("list");
const box = document.getElementById("position");

document.getElementById("add").addEventListener("click", () => {
  const row = document.createElement("li");
  row.textContent = document.getElementById("name").value;
  list.append(row);
  console.log(`rows: ${list.children.length}`);
});

navigator.permissions.query({ name: "geolocation" }).then(status => {
  console.log(`permission: ${status.state}`);
});

navigator.geolocation.watchPosition(
  position => {
    const { latitude, longitude } = position.coords;
    box.className = "known";
    box.textContent = `You are at ${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
    console.log(`position: ${latitude.toFixed(5)} ${longitude.toFixed(5)}`);
  },
  error => {
    box.className = "denied";
    box.textContent = `No position: ${error.message}`;
    console.log(`position error: code ${error.code}`);
  },
);

console.log("hello is ready");
