// The dialog in which documents, their pages and the reasons of an answer are read.
(() => {
  const { find, all, word, fetch, shownIn } = kaynak;
  let now = null; // what is open: {document, start, end, page}
  let asked = 0;

  const dialog = () => find("#reader-dialog");

  async function open(wanted, kind) {
    const box = dialog();
    const content = find(".content", box);
    const mine = ++asked;
    box.dataset.kind = kind;
    find(".views", box).hidden = kind === "why";
    content.replaceChildren(kaynak.make("p", { className: "empty" }, word("loading")));
    if (!box.open) box.showModal();
    const found = await fetch(wanted);
    if (mine !== asked) return; // something else was opened meanwhile
    const isShown = shownIn(content, found);
    if (isShown) {
      find("#reader-title").textContent = found.title;
      find(".where", box).textContent = found.where;
    }
    find(".views", box).hidden = kind === "why" || !(now && now.isPaged);
    for (const button of all("[data-view]", box)) {
      button.setAttribute("aria-pressed", String(button.dataset.view === kind));
    }
    const mark = find("mark, .spot", content);
    const picture = find("img", content);
    if (picture && !picture.complete) await picture.decode().catch(() => {});
    if (mark) mark.scrollIntoView({ block: "center" });
    else content.scrollTop = 0;
    return found;
  }

  async function text(part = null) {
    const { document: name, start, end } = now;
    const found = await open({ do: "text", document: name, start, end, part }, "text");
    if (found && found.is_paged !== undefined && now) {
      now.isPaged = Boolean(found.is_paged);
      find(".views", dialog()).hidden = !now.isPaged;
    }
  }

  async function page(number) {
    now.page = number;
    const { document: name, start, end } = now;
    await open({ do: "page", document: name, start, end, page: number }, "page");
  }

  function whole(name) {
    now = { document: name, start: 0, end: 0, page: 1, isPaged: false };
    return text();
  }

  function fromCard(button) {
    const card = button.closest(".card").dataset;
    now = {
      document: card.document, start: Number(card.start), end: Number(card.end),
      page: Number(card.page) || 1, isPaged: Boolean(card.page) && isPdf(card.document),
    };
    if (!button.closest(".card").classList.contains("cited")) now.end = now.start;
    return button.dataset.read === "page" ? page(now.page) : text();
  }

  const isPdf = (name) => name.toLowerCase().endsWith(".pdf");

  function why(key) {
    now = null;
    return open({ do: "why", key }, "why");
  }

  function view(kind) {
    if (!now) return;
    if (kind === "page") page(now.page);
    else text();
  }

  kaynak.reader = { text, page, whole, fromCard, why, view, close: () => dialog().close() };
})();
