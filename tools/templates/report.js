"use strict";
(() => {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);

  // Filters: what does not match is hidden in the matrix and below.
  const filter = byId("filter"), onlyChanges = byId("only-changes"), onlyOpen = byId("only-open"), repairs = byId("repairs");
  const rows = all(".scenario-row");
  const applyFilters = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const article = byId(row.dataset.for);
      const text = (row.textContent + " " + article.textContent).toLowerCase();
      const fits = words.every((word) => text.includes(word))
        && (!onlyChanges.checked || row.dataset.changes === "true")
        && (!onlyOpen.checked || row.dataset.open === "true" && row.dataset.changes === "true")
        && (!repairs?.value || (repairs.value === "with") === (row.dataset.repaired === "true"));
      row.hidden = article.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    byId("count").textContent = shown + " of " + rows.length;
  };
  for (const control of [filter, onlyChanges, onlyOpen, repairs]) control?.addEventListener("input", applyFilters);
  all(".filters")[0].addEventListener("submit", (event) => event.preventDefault());
  applyFilters();

  // Stepping: one row of a witness is current, in both drawings and in the table.
  const witnesses = new Map();
  for (const element of all(".witness")) {
    const lines = all(".trace tbody tr", element);
    const marks = lines.map((line) => all('[data-row="' + line.dataset.row + '"]', element));
    const witness = { element, lines, marks, at: -1, first: Math.max(0, lines.findIndex((line) => line.classList.contains("first"))) };
    witnesses.set(element, witness);
    all(".steps", element)[0].hidden = false;
    for (const button of all("[data-step]", element)) button.addEventListener("click", () => step(witness, button.dataset.step));
    for (const band of all(".band", element)) band.addEventListener("click", () => go(witness, Number(band.dataset.row)));
  }
  const go = (witness, at) => {
    if (at < 0 || at >= witness.lines.length) return;
    if (witness.at >= 0) for (const mark of witness.marks[witness.at]) mark.classList.remove("here");
    witness.at = at;
    for (const mark of witness.marks[at]) mark.classList.add("here");
    const cells = Array.from(witness.lines[at].cells).slice(1).map((cell) => cell.textContent.trim() || "–");
    all("output", witness.element)[0].textContent = (at + 1) + "/" + witness.lines.length + "  " + (cells[0] === cells[1] ? cells[0] : cells.join("  |  "));
    const band = all(".band.here", witness.element)[0];
    if (band) band.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const step = (witness, where) => {
    if (where === "first") go(witness, witness.first);
    else if (witness.at < 0) go(witness, where === "on" ? 0 : witness.lines.length - 1);
    else go(witness, witness.at + (where === "on" ? 1 : -1));
  };

  // Divergences: one is current.
  let current = null;
  const open = (element) => { for (let at = element; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true; };
  const visible = () => all(".divergence").filter((element) => !element.closest("[hidden]"));
  const show = (element) => {
    open(element);
    current = element;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "start" });
  };
  const move = (by) => {
    const list = visible();
    if (!list.length) return;
    const at = list.indexOf(current);
    show(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by))]);
  };
  const stepCurrent = (where) => {
    const element = current && current.querySelector(".witness");
    if (element) step(witnesses.get(element), where);
  };
  document.addEventListener("click", (event) => {
    const inside = event.target.closest(".divergence");
    if (inside) current = inside;
  });
  const keys = {
    "/": () => filter.focus(),
    j: () => move(1),
    k: () => move(-1),
    n: () => stepCurrent("on"),
    p: () => stepCurrent("back"),
    f: () => stepCurrent("first"),
    o: () => { const box = current && current.closest(".scenario").querySelector("details"); if (box) box.open = !box.open; },
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { document.activeElement.blur(); return; }
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  // A link leads to something that is open.
  const follow = () => {
    const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    open(target);
    const inside = target.matches(".scenario") && target.querySelector("details");
    if (inside) inside.open = true;
    if (target.matches(".divergence")) current = target;
    target.scrollIntoView({ block: "start" });
  };
  window.addEventListener("hashchange", follow);
  follow();
  // Who wants everything on paper has said so; else what is folded stays so.
  const closed = [];
  window.addEventListener("beforeprint", () => { if (byId("print-all").checked) for (const box of all("details:not([open])")) { closed.push(box); box.open = true; } });
  window.addEventListener("afterprint", () => { for (const box of closed.splice(0)) box.open = false; });
})();
