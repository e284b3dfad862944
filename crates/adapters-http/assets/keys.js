// Keyboard shortcuts and their dialogs: enhancements only, because a link or a form does the same.
(() => {
  "use strict";
  const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const on = (t, f) => document.addEventListener(t, f);

  // The palette is a combobox over a list box: the focus stays in the field, the list marks the active option.
  // The options come from the search page; this code only adds the ARIA roles of a palette.
  const palette = $("#palette"), words = $("#palette-words"), list = $("#palette-found"), say = $("#palette-said");
  let asked = "", shown = "";
  const options = () => $$("a", list);
  const choose = a => {
    for (const it of options()) it.setAttribute("aria-selected", it === a);
    if (!a) return words.removeAttribute("aria-activedescendant");
    words.setAttribute("aria-activedescendant", a.id);
    a.scrollIntoView({ block: "nearest" });
  };
  const dress = () => {
    const all = options(), count = $(".found__count", list);
    say.textContent = (count?.matches("[role]") ? count : $(".empty h2", list))?.textContent ?? "";
    count?.remove();
    for (const it of $$("h2", list)) it.ariaHidden = "true";
    for (const it of $$("ul", list)) { it.role = "group"; it.ariaLabel = it.previousElementSibling.textContent; }
    for (const it of $$("li", list)) it.role = "none";
    all.forEach((it, n) => { it.role = "option"; it.id = "option-" + n; it.tabIndex = -1; });
    list.role = all.length ? "listbox" : "group"; words.ariaExpanded = String(all.length > 0);
    list.scrollTop = 0; choose(all[0]);
  };
  if (palette) {
    on("htmx:beforeRequest", e => { if (e.target === words) asked = words.value; });
    on("htmx:afterSwap", e => { if (e.detail.target === list) { shown = asked; dress(); } });
    palette.addEventListener("keydown", e => {
      const all = options(), at = all.findIndex(it => it.ariaSelected === "true");
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, all.length - 1), PageUp: Math.max(at - 8, 0) }[e.key];
      if (to !== undefined && all.length) { e.preventDefault(); choose(all[(to + all.length) % all.length]); }
      // Until the results for the current text have arrived, Enter opens the search page.
      if (e.key === "Enter" && !e.ctrlKey && !e.metaKey && at >= 0 && words.value === shown) { e.preventDefault(); all[at].click(); }
    });
    list.addEventListener("mousedown", e => e.preventDefault());   // the field keeps the focus
    list.addEventListener("click", e => { if (e.target.closest("a") && !e.ctrlKey && !e.metaKey) palette.close(); });
  }

  // Dialogs: opened by [data-dialog], closed by [data-close], by Esc and by a click outside.
  const open = async name => {
    const d = $("#" + name);
    if (!d || d.open) return;
    if (d.dataset.from && !$("#keys", d)) await htmx.ajax("GET", d.dataset.from, { target: $("[data-into]", d), select: "#keys", swap: "innerHTML" });
    if (d.dataset.from && !$("#keys", d)) return;
    for (const it of $$("dialog[open]")) it.close();
    d.showModal();
    if (d !== palette) return;
    words.select();
    // The results for an empty search; they never change.
    if (!options().length) htmx.trigger(words, "opened");
  };
  on("click", e => {
    if (e.target.matches("dialog[open]") || e.target.closest("[data-close]")) return e.target.closest("dialog").close();
    const name = e.target.closest("[data-dialog]")?.dataset.dialog;
    if (!name || !$("#" + name) || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault(); open(name);
  });
  addEventListener("pagehide", () => $$("dialog[open]").forEach(it => it.close()));

  // Up and Down move along the rows of a list, unless another element has the focus.
  const step = by => {
    const here = document.activeElement, rows = $$("#list tbody .row-link"), at = rows.indexOf(here);
    if (!rows.length || (at < 0 && here !== document.body && !["main", "q"].includes(here.id))) return false;
    if (at < 0 && by < 0) return false;
    rows[Math.min(Math.max(at + by, 0), rows.length - 1)].focus();
    return true;
  };

  // Shortcuts: Ctrl/Cmd+K the palette, Ctrl/Cmd+Enter submit (with Shift: save and add another), [data-key] keys such
  // as "/" or "n", "g" then [data-go] for sections. <html data-nokeys> switches single keys off (WCAG 2.1.4). Letters
  // are matched by their position, in any keyboard layout.
  let chord = -Infinity;
  on("keydown", e => {
    const ctrl = e.ctrlKey || e.metaKey;
    if (ctrl && !e.altKey && !e.shiftKey && e.code === "KeyK" && palette) { e.preventDefault(); return palette.open ? palette.close() : open("palette"); }
    if (ctrl && e.key === "Enter") {
      const form = e.target.form, again = e.shiftKey && form?.querySelector("[name=again]");
      return form?.requestSubmit(again || undefined);
    }
    if (ctrl || e.altKey || e.isComposing || "nokeys" in document.documentElement.dataset) return;
    const down = e.target.id === "q" && e.key === "ArrowDown";   // from the search field into its results
    if (!down && e.target.closest?.("input,textarea,select,[contenteditable],dialog")) return;
    const slash = e.code === "Slash" ? (e.shiftKey ? "?" : "/") : null;
    if (e.shiftKey && slash !== "?" && e.key !== "?") return;
    const key = e.code.startsWith("Key") ? e.code[3].toLowerCase() : slash ?? e.key;
    if (key === "ArrowDown" || key === "ArrowUp") { if (step(key === "ArrowDown" ? 1 : -1)) e.preventDefault(); return; }
    const go = e.timeStamp - chord < 1000;
    chord = key === "g" ? e.timeStamp : -Infinity;
    const t = $(`[data-${go ? "go" : "key"}="${CSS.escape(key)}"]`);
    if (t) { e.preventDefault(); t.matches("input") ? t.focus() : t.click(); }
  });
})();
