// The sources panel, the choice of documents and the small movements of the page. It only copies
// elements that the server has escaped, and sets text; it never builds HTML from strings.
window.kaynak = (() => {
  const picked = new Set();
  let shown = { turn: null, count: -1 };
  let opener = null;
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  // Gradio puts its container before every selector of the style sheet, so not the body's classes.
  const state = () => find("#shell").classList;
  const isNarrow = () => window.matchMedia("(max-width: 1080px)").matches;

  // --- sources ---------------------------------------------------------------------------------
  function showCards(turn) {
    const cards = all(".cards-store > .card", turn);
    const panel = find(".sources .cards");
    panel.replaceChildren(...cards.map((card) => card.cloneNode(true)));
    find(".sources .of").textContent = cards.length ? `Answer ${turn.dataset.turn}` : "";
    if (!cards.length) {
      const note = document.createElement("p");
      note.className = "empty";
      note.textContent = "This reply cites no source.";
      panel.append(note);
    }
    shown = { turn: turn.dataset.turn, count: cards.length };
  }

  function openCard(key) {
    const panel = find(".sources .cards");
    let open = null;
    for (const card of all(".card", panel)) {
      const isOpen = card.dataset.card === key;
      card.classList.toggle("open", isOpen);
      find(".card-head", card).setAttribute("aria-expanded", String(isOpen));
      if (isOpen) open = card;
    }
    if (!open) return;
    open.focus({ preventScroll: true });
    const target = find("mark", open) || open;
    const offset = target.getBoundingClientRect().top - panel.getBoundingClientRect().top;
    const cardTop = open.getBoundingClientRect().top - panel.getBoundingClientRect().top;
    // The card's head stays in view unless the sentence is too far below it.
    const wanted = offset - cardTop < panel.clientHeight * 0.7 ? cardTop - 8 : offset - 80;
    panel.scrollTo({ top: panel.scrollTop + wanted });
  }

  function openSource(chip) {
    const turn = chip.closest(".turn");
    if (!turn) return;
    if (shown.turn !== turn.dataset.turn || !find(".sources .card")) showCards(turn);
    all(".chip.active, .nearest.active").forEach((other) => other.classList.remove("active"));
    chip.classList.add("active");
    opener = chip;
    state().add("sources-open");
    openCard(chip.dataset.source);
  }

  function closeSources() {
    state().remove("sources-open");
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  }

  // The newest answer's sources are shown without a click.
  function follow() {
    const turns = all("#done .turn, #live .turn");
    const last = turns[turns.length - 1];
    if (!last) {
      if (shown.turn !== null) reset();
      return;
    }
    const count = all(".cards-store > .card", last).length;
    const isNews = last.dataset.turn !== shown.turn ? count > 0 : count !== shown.count;
    const isReading = find(".sources .card.open") && last.closest("#live");
    if (isNews && !isReading) showCards(last);
  }

  function reset() {
    const note = document.createElement("p");
    note.className = "empty";
    note.textContent =
      "Click a number in an answer to read the sentence it stands on, in its document.";
    find(".sources .cards").replaceChildren(note);
    find(".sources .of").textContent = "";
    shown = { turn: null, count: -1 };
    closeSources();
  }

  // --- the sentence behind a number, while the pointer or the focus is on it --------------------
  function peek(chip) {
    const turn = chip.closest(".turn");
    const wanted = `.cards-store > .card[data-card="${CSS.escape(chip.dataset.source)}"]`;
    const card = turn && find(wanted, turn);
    if (!card || isNarrow()) return;
    chip.removeAttribute("title");
    const box = find(".peek") || document.createElement("div");
    box.className = "peek";
    box.setAttribute("role", "tooltip");
    const name = document.createElement("strong");
    name.textContent = find(".name strong", card).textContent;
    const where = document.createElement("span");
    where.textContent = find(".where", card).textContent;
    const quote = document.createElement("p");
    quote.textContent = find(".excerpt", card).textContent;
    box.replaceChildren(name, where, quote);
    find(".gradio-container").append(box);
    const at = chip.getBoundingClientRect();
    const left = Math.min(Math.max(12, at.left - 24), window.innerWidth - box.offsetWidth - 12);
    const isRoomBelow = at.bottom + box.offsetHeight + 20 < window.innerHeight;
    box.style.left = `${left}px`;
    box.style.top = `${isRoomBelow ? at.bottom + 8 : at.top - box.offsetHeight - 8}px`;
  }

  function unpeek() {
    const box = find(".peek");
    if (box) box.remove();
  }

  for (const name of ["pointerover", "focusin"]) {
    document.addEventListener(name, (event) => {
      const chip = event.target.closest && event.target.closest(".chip");
      if (chip && chip.matches(":hover, :focus-visible")) peek(chip);
      else unpeek();
    });
  }
  document.addEventListener("scroll", unpeek, true);

  // --- documents -------------------------------------------------------------------------------
  function syncPicks(element) {
    const boxes = all("[data-pick]", element);
    const there = new Set(boxes.map((box) => box.dataset.pick));
    [...picked].filter((name) => !there.has(name)).forEach((name) => picked.delete(name));
    boxes.forEach((box) => (box.checked = picked.has(box.dataset.pick)));
    all(".document.asking", element).forEach((row) => row.classList.remove("asking"));
    showScope(boxes.length);
  }

  function showScope(total) {
    const scope = find(".scope");
    if (!scope) return;
    const said = document.createElement("span");
    const noun = total === 1 ? "document" : "documents";
    said.textContent = picked.size
      ? `Asking ${picked.size} of ${total} ${noun}`
      : total ? `Asking all ${total} ${noun}`.replace("all 1 ", "1 ") : "No documents";
    scope.replaceChildren(said);
    scope.classList.toggle("restricted", picked.size > 0);
    if (!picked.size) return;
    const clear = document.createElement("button");
    clear.type = "button";
    clear.textContent = "Ask all";
    clear.addEventListener("click", () => {
      picked.clear();
      syncPicks(find("#documents"));
    });
    scope.append(clear);
  }

  function confirmRemoval(button) {
    const row = button.closest(".document");
    row.classList.add("asking");
    find("[data-keep]", row).focus();
  }

  function library(element, trigger, watch) {
    element.addEventListener("change", (event) => {
      const box = event.target.closest("[data-pick]");
      if (!box) return;
      if (box.checked) picked.add(box.dataset.pick);
      else picked.delete(box.dataset.pick);
      showScope(all("[data-pick]", element).length);
    });
    element.addEventListener("click", (event) => {
      const removed = event.target.closest("[data-removed]");
      if (removed) trigger("delete", { document: removed.dataset.removed });
    });
    watch("value", () => queueMicrotask(() => syncPicks(element)));
    syncPicks(element);
  }

  function talk(element, trigger) {
    element.addEventListener("click", (event) => {
      const example = event.target.closest("[data-ask]");
      if (example) trigger("select", { ask: example.dataset.ask });
    });
    const scroller = find("#scroller");
    let isAtEnd = true;
    scroller.addEventListener("scroll", () => {
      isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
    });
    let asked = 0;
    new MutationObserver(() => {
      const count = all(".turn", scroller).length;
      if (count > asked || isAtEnd) scroller.scrollTop = scroller.scrollHeight;
      asked = count;
      state().toggle("empty-talk", count === 0);
      follow();
    }).observe(scroller, { childList: true, subtree: true });
  }

  // --- clicks and keys -------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest && event.target.closest(selector);
    unpeek();
    const chip = hit("[data-source]");
    if (chip) return openSource(chip);
    const head = hit("[data-open]");
    if (head) {
      const isOpen = head.getAttribute("aria-expanded") === "true";
      return openCard(isOpen ? null : head.dataset.open);
    }
    if (hit("[data-close]")) return closeSources();
    const toggle = hit("[data-library]");
    if (toggle) {
      const isOpen = state().toggle("library-open");
      find("#open-library [data-library]").setAttribute("aria-expanded", String(isOpen));
      return;
    }
    const remove = hit("[data-remove]");
    if (remove) return confirmRemoval(remove);
    const keep = hit("[data-keep]");
    if (keep) keep.closest(".document").classList.remove("asking");
    if (isNarrow() && !hit("#library")) state().remove("library-open");
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    unpeek();
    if (isNarrow() || document.activeElement.closest(".sources")) closeSources();
    state().remove("library-open");
  });

  return { library, talk, picked: () => [...picked] };
})();
