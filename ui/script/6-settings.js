// What a reader may change: kept in this browser, sent along with each question.
(() => {
  const { find, all, settings, store, speak, dress, sources } = kaynak;
  let changed = () => {};

  function open() {
    fill();
    find("#settings-dialog").showModal();
  }

  function fill() {
    for (const input of all("#settings-dialog [name]")) {
      const value = input.name === "language" ? kaynak.language() : settings[input.name];
      if (input.type === "checkbox") input.checked = Boolean(value);
      else input.value = value ?? "";
    }
  }

  function take(input) {
    const isNumber = input.name === "passages";
    settings[input.name] = input.type === "checkbox" ? input.checked
      : isNumber ? Number(input.value) || null : input.value;
    store();
    dress();
    if (input.name !== "language") return;
    speak();
    kaynak.shelf.showScope();
    changed();
  }

  function start(element, trigger, server) {
    kaynak.connect(server);
    changed = trigger;
    element.addEventListener("change", (event) => {
      if (event.target.closest("#settings-dialog")) take(event.target);
    });
    // A click beside a dialog closes it; the dialog itself fills its own box.
    element.addEventListener("click", (event) => {
      if (event.target.tagName === "DIALOG") event.target.close();
    });
    speak();
    dress();
    sayLate();
    kaynak.covered();
  }

  // Gradio puts parts of the page in their places after the program has begun.
  function sayLate() {
    const worded = "[data-word], [data-word-label], [data-word-hint]";
    new MutationObserver((changes) => {
      for (const node of changes.flatMap((change) => [...change.addedNodes])) {
        const isWorded = node.nodeType === Node.ELEMENT_NODE
          && (node.matches(worded) || find(worded, node));
        if (isWorded && node.parentNode) speak(node.parentNode);
      }
    }).observe(document.body, { childList: true, subtree: true });
  }

  kaynak.start = start;
  kaynak.options = { open };
  kaynak.retold = () => sources.again();
})();
