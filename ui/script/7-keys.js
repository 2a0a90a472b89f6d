// Clicks and keys, from wherever they come.
(() => {
  const { find, state, word, isNarrow, sources, reader, shelf, answers, options } = kaynak;

  const DOES = [
    ["[data-source]", sources.openSource],
    ["[data-open]", (head) =>
      sources.openCard(head.getAttribute("aria-expanded") === "true" ? null : head.dataset.open)],
    ["[data-more]", sources.more],
    ["[data-close]", sources.closeSources],
    ["[data-read]", reader.fromCard],
    ["[data-whole]", (button) => reader.whole(button.closest(".document").dataset.document)],
    ["[data-view]", (button) => reader.view(button.dataset.view)],
    ["button[data-page]", (button) => reader.page(Number(button.dataset.page))],
    ["button[data-part]", (button) => reader.text(Number(button.dataset.part))],
    ["[data-why]", (button) => reader.why(button.closest(".actions").dataset.key)],
    ["[data-shut]", (button) => button.closest("dialog").close()],
    ["[data-copy]", answers.copy],
    ["[data-rate]", answers.rate],
    ["[data-download]", answers.download],
    ["[data-options]", options.open],
    ["[data-library]", toggleLibrary],
    ["[data-widen]", shelf.widen],
    ["[data-sort]", shelf.sortBy],
    ["[data-pick-shown]", shelf.pickShown],
    ["[data-remove]", shelf.askRemoval],
    ["[data-keep]", shelf.keep],
    ["#stop", stopping],
    ["[data-skip]", () => find("#question textarea").focus()],
  ];

  // It takes a while until the server has heard of it. Gradio makes the button anew for each question.
  function stopping(button) {
    const now = find("#live .steps .now");
    if (now) now.textContent = word("stopping");
    find("#question textarea").focus();
    window.setTimeout(() => { // after Gradio's own listener, which ignores disabled buttons
      button.textContent = word("stopping");
      button.disabled = true;
    });
  }

  function toggleLibrary() {
    const isOpen = state().toggle("library-open");
    find("#open-library [data-library]").setAttribute("aria-expanded", String(isOpen));
    if (isOpen) find("#find-document").focus();
  }

  function closeLibrary() {
    if (!state().contains("library-open")) return;
    toggleLibrary();
    find("#open-library [data-library]").focus();
  }

  kaynak.closeLibrary = closeLibrary;

  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    sources.unpeek();
    for (const [selector, action] of DOES) {
      const found = event.target.closest(selector);
      if (found) return action(found);
    }
    const isBeside = !event.target.closest("#library, dialog");
    if (isNarrow() && isBeside && state().contains("library-open")) toggleLibrary();
  });

  document.addEventListener("input", (event) => {
    if (event.target.id === "find-document") shelf.search(event.target.value);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || find("dialog[open]")) return;
    sources.unpeek();
    const no = find("#documents [data-keep]");
    if (no) return shelf.keep(no);
    if (isNarrow() || document.activeElement.closest(".sources")) sources.closeSources();
    closeLibrary();
  });
})();
