// Synthetic input of testdriver.js on `internals.sendInput`.
