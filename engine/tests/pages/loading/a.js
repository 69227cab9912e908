print("external", document.currentScript.src.split("?")[1], document.readyState);
