// The page's own small program. It only copies elements that the server has escaped, and sets text;
// it never builds HTML from strings.
window.kaynak = (() => {
  const STORE = "kaynak";
  const USUAL = {
    language: "", theme: "system", times: false, passages: null, strictness: "usual",
    mode: "auto", length: "usual",
  };
  const tables = window.kaynakWords;
  const picked = new Set();
  const tab = named();
  const settings = { ...USUAL, ...stored() };
  let server = null;

  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  // Gradio puts its container before every selector of the style sheet, so not the body's classes.
  const state = () => find("#shell").classList;
  const isNarrow = () => window.matchMedia("(max-width: 1080px)").matches;

  function stored() {
    try {
      const found = JSON.parse(window.localStorage.getItem(STORE) || "{}");
      return found && typeof found === "object" ? found : {};
    } catch {
      return {}; // storage may be switched off
    }
  }

  function store() {
    try {
      window.localStorage.setItem(STORE, JSON.stringify(settings));
    } catch {
      // the settings last as long as the page, then
    }
  }

  // The server keeps the conversation under the tab's key: it is still there after a reload. A new key
  // for each page, since a tab that is duplicated has the keys of the other.
  function named() {
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    const key = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      const before = window.sessionStorage.getItem(STORE) || "";
      window.sessionStorage.setItem(STORE, key);
      return { tab: key, before };
    } catch {
      return { tab: "", before: "" };
    }
  }

  // --- texts -----------------------------------------------------------------------------------
  function language() {
    const wanted = [settings.language, ...navigator.languages.map((tag) => tag.split("-")[0])];
    return wanted.find((name) => name in tables) || "en";
  }

  function word(key, values = {}) {
    const text = tables[language()][key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) =>
      name in values ? said(values[name]) : whole
    );
  }

  const said = (value) =>
    typeof value === "number" ? value.toLocaleString(language()) : String(value);

  function count(key, n, values = {}) {
    const form = new Intl.PluralRules(language()).select(n);
    const forms = tables[language()];
    return word(`${key}.${form}` in forms ? `${key}.${form}` : `${key}.other`, { n, ...values });
  }

  function speak(root = document) {
    document.documentElement.lang = language();
    for (const element of all("[data-word]", root)) {
      element.textContent = word(element.dataset.word, { n: element.dataset.wordN || "" });
    }
    for (const element of all("[data-word-label]", root)) {
      element.setAttribute("aria-label", word(element.dataset.wordLabel));
      element.title = word(element.dataset.wordLabel);
    }
    for (const element of all("[data-word-hint]", root)) {
      element.placeholder = word(element.dataset.wordHint);
    }
  }

  // --- look ------------------------------------------------------------------------------------
  function dress() {
    const system = window.matchMedia("(prefers-color-scheme: dark)").matches;
    const isDark = settings.theme === "dark" || (settings.theme === "system" && system);
    document.body.classList.toggle("dark", isDark);
    // Not a class of the shell: Gradio may write those anew while it loads.
    document.documentElement.style.setProperty("--k-took", settings.times ? "inline" : "none");
  }

  // --- the server ------------------------------------------------------------------------------
  async function fetch(wanted) {
    const lost = { failed: word("failed.load") };
    try {
      // Gradio gives back nothing, and does not fail, when nobody answers.
      return (await server.fetch({ ...wanted, settings: client().settings })) ?? lost;
    } catch {
      return lost;
    }
  }

  const client = () => ({
    picked: [...picked], settings: { ...settings, language: language() }, ...tab,
    listed: find("#documents [data-listed]")?.dataset.listed || "",
  });

  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in element) element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  // What the server rendered, as elements; scripts in it would not run, and there are none.
  function elements(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content;
  }

  // An error of the server is HTML, one of the connection is text.
  function shownIn(place, found) {
    if (found.html !== undefined) place.replaceChildren(elements(found.html));
    else if (found.error !== undefined) place.replaceChildren(elements(found.error));
    else place.replaceChildren(make("p", { className: "empty" }, found.failed || ""));
    return found.html !== undefined;
  }

  return {
    find, all, state, isNarrow, word, count, speak, dress, fetch, client, make, elements, shownIn,
    picked, settings, store, language,
    connect: (found) => (server = found),
  };
})();
