// Whatever covers the page is left by Back, as people do on a phone; the page itself stays.
(() => {
  const { find, all, state, isNarrow, sources } = kaynak;
  let isOurs = false; // the newest entry of the history was made for what is open

  const isCovered = () =>
    Boolean(find("dialog[open]")) ||
    (isNarrow() && (state().contains("sources-open") || state().contains("library-open")));

  function closeTop() {
    const dialogs = all("dialog[open]");
    if (dialogs.length) dialogs[dialogs.length - 1].close();
    else if (state().contains("sources-open")) sources.closeSources();
    else kaynak.closeLibrary();
  }

  function follow() {
    if (isCovered() === isOurs) return;
    isOurs = !isOurs;
    if (isOurs) window.history.pushState(window.history.state, "");
    else window.history.back();
  }

  window.addEventListener("popstate", () => {
    if (!isOurs) return; // the way back that `follow` went itself
    isOurs = false;
    closeTop();
    follow(); // what lay below is closed by the next one
  });

  kaynak.covered = () => {
    const watched = { attributes: true, attributeFilter: ["class", "open"], subtree: true };
    const look = new MutationObserver(follow);
    look.observe(find("#shell"), { attributes: true, attributeFilter: ["class"] });
    look.observe(find("#dialogs"), watched);
  };
})();
