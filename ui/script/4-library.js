// The list of documents: which are asked, which are shown, in what order; files that are dropped.
(() => {
  const { find, all, state, word, count, make, picked } = kaynak;
  let sorted = { key: "", isDown: false };
  let sought = "";
  let next = null; // whose turn the focus is once a document has gone

  const rows = () => all("#documents .document");
  const boxes = () => all("#documents [data-pick]");

  // After the server has drawn the list anew.
  function refresh() {
    const there = new Set(boxes().map((box) => box.dataset.pick));
    [...picked].filter((name) => !there.has(name)).forEach((name) => picked.delete(name));
    tick();
    if (sorted.key) sort(sorted.key, sorted.isDown);
    search(sought);
    focusNext();
  }

  function remember(row) {
    const others = rows().filter((other) => !other.hidden);
    const at = others.indexOf(row);
    next = { document: (others[at + 1] || others[at - 1])?.dataset.document };
  }

  function focusNext() {
    if (!next) return;
    const row = rows().find((other) => other.dataset.document === next.document);
    next = null;
    const isLost = document.activeElement === document.body || !document.activeElement;
    if (isLost) (row ? find("[data-remove]", row) : find("#find-document")).focus();
  }

  function tick() {
    boxes().forEach((box) => (box.checked = picked.has(box.dataset.pick)));
    showScope();
  }

  function showScope() {
    const scope = find(".scope");
    if (!scope) return;
    const total = boxes().length;
    const text = picked.size
      ? word("scope.some", { n: picked.size, total })
      : total ? count("scope.all", total) : word("scope.none");
    scope.replaceChildren(make("span", {}, text));
    scope.classList.toggle("restricted", picked.size > 0);
    if (!picked.size) return;
    const clear = make("button", { type: "button" }, word("scope.clear"));
    clear.addEventListener("click", () => {
      picked.clear();
      tick();
    });
    scope.append(clear);
  }

  function search(wanted) {
    sought = wanted;
    const words = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows()) {
      const text = find(".name", row).textContent.toLocaleLowerCase();
      row.hidden = !words.every((part) => text.includes(part));
      shown += !row.hidden;
    }
    const none = find("#documents .nomatch");
    if (none) none.hidden = shown > 0;
    find("#pick-shown").hidden = !words.length || shown === 0;
  }

  function pickShown() {
    picked.clear();
    rows()
      .filter((row) => !row.hidden && find("[data-pick]", row))
      .forEach((row) => picked.add(row.dataset.document));
    tick();
  }

  function sort(key, isDown) {
    sorted = { key, isDown };
    const value = (row) => {
      const amount = find(`.${key} .said`, row);
      return amount ? Number(amount.dataset.n) : find(`.${key}`, row).textContent.toLowerCase();
    };
    const order = (a, b) => {
      const [x, y] = [value(a), value(b)];
      const isNumber = typeof x === "number" && typeof y === "number";
      return (isNumber ? x - y : String(x).localeCompare(String(y))) * (isDown ? -1 : 1);
    };
    const place = find("#documents .rows");
    if (place) place.append(...rows().sort(order));
    for (const head of all("#documents [data-sort]")) {
      const is = head.dataset.sort === key ? (isDown ? "descending" : "ascending") : "none";
      head.closest("[role=columnheader]").setAttribute("aria-sort", is);
    }
  }

  function sortBy(button) {
    const key = button.dataset.sort;
    sort(key, sorted.key === key && !sorted.isDown);
  }

  function askRemoval(button) {
    const row = button.closest(".document");
    all("#documents .confirm").forEach((other) => other.remove());
    const box = find("#confirm-template").content.firstElementChild.cloneNode(true);
    kaynak.speak(box);
    row.append(box);
    find("[data-keep]", box).focus();
  }

  function keep(button) {
    const row = button.closest(".document");
    button.closest(".confirm").remove();
    find("[data-remove]", row).focus();
  }

  function widen() {
    const isWide = state().toggle("library-wide");
    const button = find("[data-widen]");
    const name = find("[data-word]", button);
    name.dataset.word = isWide ? "library.list" : "library.table";
    name.textContent = word(name.dataset.word);
    button.setAttribute("aria-pressed", String(isWide));
  }

  // --- dropping files ----------------------------------------------------------------------------
  const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");

  function dropped(files) {
    const input = find("#library input[type=file]");
    const most = Number(find("#library-head [data-most]").dataset.most);
    const limit = Number(find("#library-head [data-most]").dataset.megabytes);
    const large = [...files].find((file) => file.size > limit * 1024 * 1024);
    const status = find("#library-note");
    if (files.length > most) {
      status.textContent = word("library.toomany", { n: files.length, most });
    } else if (large) {
      status.textContent = word("library.toolarge", { name: large.name, most: limit });
    } else {
      status.textContent = count("library.uploading", files.length);
      input.files = files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    window.addEventListener(name, (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault(); // else the browser would leave the page to show the file
      const isOut = name === "dragleave" && event.relatedTarget === null;
      state().toggle("dropping", name !== "drop" && !isOut);
      if (name === "drop") dropped(event.dataTransfer.files);
    });
  }

  function library(element, trigger, watch) {
    element.addEventListener("change", (event) => {
      const box = event.target.closest("[data-pick]");
      if (!box) return;
      if (box.checked) picked.add(box.dataset.pick);
      else picked.delete(box.dataset.pick);
      showScope();
    });
    element.addEventListener("click", (event) => {
      const hit = (selector) => event.target.closest(selector);
      const row = hit(".document");
      if (hit("[data-removed]")) {
        remember(row);
        trigger("delete", { document: row.dataset.document });
      } else if (hit("[data-reread]")) trigger("reread", { document: row.dataset.document });
    });
    watch("value", () => queueMicrotask(() => {
      find("#library-note").textContent = "";
      refresh();
    }));
    refresh();
  }

  kaynak.library = library;
  kaynak.shelf = {
    search, pickShown, sortBy, askRemoval, keep, widen, refresh, showScope,
  };
})();
