// What can be done with an answer: copied, rated, downloaded, explained.
(() => {
  const { find, all, state, word, fetch, make, elements } = kaynak;
  const rated = new Map(); // key of an answer -> its thumb

  function talk(element, trigger) {
    // The whole column: questions to ask stand in finished turns and in the welcome.
    element.addEventListener("click", (event) => {
      const example = event.target.closest("[data-ask]");
      if (example) trigger("select", { ask: example.dataset.ask });
    });
    const scroller = find("#scroller");
    const keep = keptInView(scroller);
    new MutationObserver(() => {
      const turns = all(".turn", scroller);
      keep(turns[turns.length - 1]);
      state().toggle("empty-talk", turns.length === 0);
      find("#download").disabled = all("#done .as-markdown").length === 0;
      showRated();
      kaynak.sources.follow();
    }).observe(scroller, { childList: true, subtree: true });
  }

  // The end of a turn that fits stays in view; of one that does not, the question comes to the top,
  // so that it is read from there. Neither once the reader has scrolled away.
  function keptInView(scroller) {
    let newest = 0;
    let placed = 0;
    let isFollowed = true;
    let isBrought = false;
    let isPending = false; // until the finished turn has its place
    scroller.addEventListener("scroll", () => {
      const rest = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
      isFollowed = Math.abs(scroller.scrollTop - placed) < 2 || (!isBrought && rest < 40);
    });
    const place = (top) => {
      scroller.scrollTop = top;
      placed = scroller.scrollTop;
    };

    function settle(last, isLive) {
      const box = last.getBoundingClientRect();
      if (box.height < scroller.clientHeight - 40) {
        place(scroller.scrollHeight);
      } else if (isPending && !(isLive && isBrought)) {
        place(scroller.scrollTop + box.top - scroller.getBoundingClientRect().top);
        isBrought = true;
      }
    }

    return (last) => {
      const number = last ? Number(last.dataset.turn) : 0;
      const isLive = Boolean(last && last.closest("#live"));
      if (number > newest) {
        isFollowed = true;
        isBrought = false;
        isPending = true;
      }
      if (!last && newest) place(0); // the welcome is read from its beginning
      newest = last ? Math.max(newest, number) : 0;
      // The live turn may go before the finished one is there.
      if (!last || number < newest) return;
      if (isFollowed) settle(last, isLive);
      isPending = isPending && isLive;
    };
  }

  // --- copying -----------------------------------------------------------------------------------
  async function copy(button) {
    const text = find(`.as-${button.dataset.copy}`, button.closest(".turn")).textContent;
    tell(button, word((await copied(text)) ? "copied" : "copy.failed"));
  }

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not over plain http from another machine: the older way needs a selection.
      const box = make("textarea", { value: text, className: "unseen" });
      document.body.append(box);
      box.select();
      const isDone = document.execCommand("copy");
      box.remove();
      return isDone;
    }
  }

  function tell(button, text) {
    const place = find(".told", button.closest(".actions"));
    place.textContent = text;
    window.setTimeout(() => {
      if (place.textContent === text) place.textContent = "";
    }, 4000);
  }

  function download() {
    const turns = all("#done .as-markdown").map((one) => one.textContent);
    if (!turns.length) return;
    const date = new Date();
    const head = `# Kaynak\n\n${word("exported", { date: date.toLocaleString(kaynak.language()) })}`;
    const file = new Blob([[head, ...turns].join("\n\n"), "\n"], { type: "text/markdown" });
    const link = make("a", {
      href: URL.createObjectURL(file), download: `kaynak-${date.toISOString().slice(0, 10)}.md`,
    });
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // --- rating ------------------------------------------------------------------------------------
  async function rate(button) {
    const actions = button.closest(".actions");
    const { key } = actions.dataset;
    const verdict = button.dataset.rate;
    rated.set(key, verdict);
    showRated();
    askRemark(actions, key, verdict);
    await send(actions, key, verdict, "");
  }

  async function send(actions, key, verdict, remark) {
    const found = await fetch({ do: "rate", key, verdict, remark });
    if (found.said) {
      tell(actions.firstElementChild, found.said);
      return;
    }
    rated.delete(key);
    showRated();
    tell(actions.firstElementChild, found.failed || elements(found.error || "").textContent);
  }

  function askRemark(actions, key, verdict) {
    const reply = actions.parentElement;
    all(".remark", reply).forEach((old) => old.remove());
    const box = make("textarea", { rows: 2, maxLength: 2000 });
    const save = make("button", { type: "submit" }, word("rate.send"));
    const label = make("label", {}, word(`rate.ask.${verdict}`), box);
    const form = make("form", { className: "remark" }, label, save);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.remove();
      send(actions, key, verdict, box.value);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) form.requestSubmit();
      if (event.key === "Enter" || event.key === "Escape") event.preventDefault();
      if (event.key === "Escape") form.remove();
    });
    actions.after(form);
    box.focus();
  }

  function showRated() {
    for (const thumb of all("#done .thumb")) {
      const { key } = thumb.closest(".actions").dataset;
      thumb.setAttribute("aria-pressed", String(rated.get(key) === thumb.dataset.rate));
    }
  }

  kaynak.talk = talk;
  kaynak.answers = { copy, download, rate };
})();
