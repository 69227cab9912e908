/* What WPT's testdriver.js needs of a browser, on `internals`, which
   `virga run --test-hooks` gives to pages. */
(function () {
  "use strict";
  if (typeof internals === "undefined") return;

  const driver = window.test_driver_internal;
  driver.in_automation = true;

  const KEYS_WITH_SHIFT = /^[A-Z~!@#$%^&*()_+{}|:"<>?]$/;
  const MODIFIERS = ["\uE008", "\uE009", "\uE00A", "\uE03D", "\uE050", "\uE051", "\uE052", "\uE053"];

  /* The hands of the frame that the action is about: positions are that frame's. */
  function hands(context) {
    return (context || window).internals || internals;
  }

  driver.click = function (element, coords) {
    const view = element.ownerDocument.defaultView || window;
    return send(view, [{
      type: "pointer",
      id: "mouse",
      parameters: { pointerType: "mouse" },
      actions: [
        { type: "pointerMove", x: coords.x, y: coords.y },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ],
    }]);
  };

  // One after the other, as commands of WebDriver: what is held for one must be let go
  // before the next begins.
  let last = Promise.resolve();
  function send(window, actions) {
    last = last.catch(() => {}).then(() => hands(window).sendInput(actions));
    return last;
  }

  driver.send_keys = function (element, keys) {
    const document = element.ownerDocument;
    if (document.activeElement !== element && element.focus) {
      element.focus();
    }
    const actions = [];
    const held = [];
    for (const key of keys) {
      if (MODIFIERS.includes(key)) {
        // Held until all keys were sent, as WebDriver has it.
        actions.push({ type: "keyDown", value: key });
        held.push(key);
        continue;
      }
      const shift = KEYS_WITH_SHIFT.test(key) && !held.includes("\uE008");
      if (shift) actions.push({ type: "keyDown", value: "\uE008" });
      actions.push({ type: "keyDown", value: key }, { type: "keyUp", value: key });
      if (shift) actions.push({ type: "keyUp", value: "\uE008" });
    }
    for (const key of held.reverse()) {
      actions.push({ type: "keyUp", value: key });
    }
    return send(document.defaultView, [{ type: "key", id: "keyboard", actions }]);
  };

  driver.action_sequence = function (actions, context) {
    // Elements of a frame are points of that frame.
    for (const device of actions) {
      for (const action of device.actions) {
        const origin = action.origin;
        if (origin && typeof origin === "object" && origin.ownerDocument) {
          context = context || origin.ownerDocument.defaultView;
        }
      }
    }
    return send(context, actions);
  };

  driver.set_permission = function (params) {
    internals.setPermission(params.descriptor.name, params.state);
    return Promise.resolve();
  };
})();
