// The sources panel, and the sentence behind a number while the pointer is on it.
(() => {
  const { find, all, state, isNarrow, word, make, fetch, elements } = kaynak;
  let shown = { turn: null, count: -1 };
  let opener = null;
  const MOST_PEEKED = 600; // the box has to fit beside the answer

  const empty = (key) => make("p", { className: "empty" }, word(key));

  function showCards(turn) {
    const cards = all(".cards-store > .card", turn);
    const panel = find(".sources .cards");
    panel.replaceChildren(...cards.map((card) => card.cloneNode(true)));
    find(".sources .of").textContent = cards.length
      ? word("sources.of", { n: Number(turn.dataset.turn) })
      : "";
    if (!cards.length) panel.append(empty("sources.none"));
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
    find(".sources .cards").replaceChildren(empty("sources.empty"));
    find(".sources .of").textContent = "";
    shown = { turn: null, count: -1 };
    closeSources();
  }

  // After the language has changed: the cards have their words from the server.
  function again() {
    const turn = shown.turn && find(`.turn[data-turn="${CSS.escape(shown.turn)}"]`);
    if (turn) showCards(turn);
    else find(".sources .cards").replaceChildren(empty("sources.empty"));
  }

  // --- reading on above and below ----------------------------------------------------------------
  async function more(button) {
    const card = button.closest(".card");
    button.disabled = true;
    const found = await fetch({
      do: "around", document: card.dataset.document, way: button.dataset.more,
      at: Number(button.dataset.at),
    });
    button.disabled = false;
    if (found.html === undefined) {
      button.textContent = found.failed || elements(found.error || "").textContent;
      return;
    }
    const panel = button.closest(".cards");
    const height = panel.scrollHeight;
    const piece = make("div", { className: "passage added" }, elements(found.html));
    if (button.dataset.more === "previous") {
      button.after(piece);
      panel.scrollTop += panel.scrollHeight - height; // what was being read stays where it was
    } else {
      button.before(piece);
    }
    all(".passage", card).forEach((one) => one.classList.remove("starts-inside", "ends-inside"));
    button.dataset.at = String(found.at);
    if (found.is_end) {
      button.textContent = word(
        button.dataset.more === "previous" ? "passage.begins" : "passage.ends"
      );
      button.disabled = true;
    }
  }

  // --- the sentence behind a number --------------------------------------------------------------
  function cited(card) {
    const mark = find("mark", card);
    if (!mark) return find(".excerpt", card).textContent;
    const text = mark.textContent.replace(/\s+/g, " ").trim();
    return text.length > MOST_PEEKED ? `${text.slice(0, MOST_PEEKED).replace(/ \S*$/, "")}…` : text;
  }

  function peek(chip) {
    const turn = chip.closest(".turn");
    const wanted = `.cards-store > .card[data-card="${CSS.escape(chip.dataset.source)}"]`;
    const card = turn && find(wanted, turn);
    if (!card || isNarrow()) return;
    chip.removeAttribute("title");
    const box = find(".peek") || make("div", { className: "peek", role: "tooltip" });
    box.replaceChildren(
      make("strong", {}, find(".name strong", card).textContent),
      make("span", {}, find(".where", card).textContent),
      make("p", {}, cited(card))
    );
    find(".gradio-container").append(box);
    const at = chip.getBoundingClientRect();
    const left = Math.min(Math.max(12, at.left - 24), window.innerWidth - box.offsetWidth - 12);
    const isRoomBelow = at.bottom + box.offsetHeight + 20 < window.innerHeight;
    box.style.left = `${left}px`;
    box.style.top = `${isRoomBelow ? at.bottom + 8 : Math.max(8, at.top - box.offsetHeight - 8)}px`;
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

  kaynak.sources = { openSource, openCard, closeSources, follow, again, more, unpeek };
})();
