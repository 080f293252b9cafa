"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/* The theme: as the system, unless the reader chose one. */
{
  const button = $("[data-theme-button]");
  const themes = ["", "light", "dark"];
  const names = { "": "as the system", light: "light", dark: "dark" };
  // Storage is refused to some pages that were opened from a file.
  const remembered = () => { try { return localStorage.getItem("theme") || ""; } catch { return ""; } };
  const remember = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* then not */ } };
  const show = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${names[theme]}`;
  };
  show(themes.includes(remembered()) ? remembered() : "");
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length];
    show(theme);
    remember(theme);
  });
}

/* Clauses: search and filters. */
const clauses = (() => {
  const all = $$("[data-clause]").map((element) => ({
    element,
    text: element.textContent.toLowerCase(),
    ...element.dataset,
  }));
  const groups = $$("[data-area-group]").map((element) => ({ element, clauses: $$("[data-clause]", element) }));
  const search = $("[data-search]");
  const selects = $$("[data-filter]");
  const chips = $$("[data-verdict]").filter((element) => element.matches("button"));

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = chips.filter((chip) => chip.ariaPressed === "true").map((chip) => chip.dataset.verdict);
    const fits = (clause) =>
      words.every((word) => clause.text.includes(word)) &&
      selects.every((select) => !select.value || clause[select.dataset.filter] === select.value) &&
      (!verdicts.length || verdicts.includes(clause.verdict));
    let shown = 0;
    for (const clause of all) {
      const visible = fits(clause);
      clause.element.hidden = !visible;
      shown += visible;
    }
    for (const group of groups) group.element.hidden = group.clauses.every((element) => element.hidden);
    $("[data-count]").textContent = `${shown} of ${all.length} clauses`;
    $("[data-nothing]").hidden = shown > 0;
    $("[data-reset]").hidden = shown === all.length;
  };
  const show = (verdict) => {
    search.value = "";
    for (const select of selects) select.value = "";
    for (const chip of chips) chip.ariaPressed = String(chip.dataset.verdict === verdict);
    apply();
  };

  search.addEventListener("input", apply);
  for (const select of selects) select.addEventListener("change", apply);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.ariaPressed = String(chip.ariaPressed !== "true");
      apply();
    });
  }
  $("[data-reset]").addEventListener("click", () => {
    show();
    search.focus();
  });
  for (const link of $$("[data-show]")) link.addEventListener("click", () => show(link.dataset.show));
  $("[data-toolbar]").hidden = false;
  apply();
  return { show };
})();

/* Deep links: a clause that is linked to is shown and opened. */
{
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target?.matches("[data-clause], .deselected li")) return;
    if (target.hidden) clauses.show();
    target.closest("details").open = true;
    target.scrollIntoView();
    $("summary", target)?.focus({ preventScroll: true });
  };
  addEventListener("hashchange", open);
  open();
}

/* Copy buttons; a page opened from a file may have no clipboard, so that selecting is the way left. */
for (const button of $$("[data-copy]")) {
  const code = $("code", button.parentElement);
  const select = () => {
    getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  };
  button.addEventListener("click", async () => {
    const copied = await (navigator.clipboard?.writeText(code.textContent).then(() => true, select) ?? select());
    button.textContent = copied ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

/* Exchanges: a page of the table at a time, however many there are. */
{
  const PAGE = 50;
  const data = JSON.parse($("#traffic-data").textContent);
  const table = $("[data-traffic]");
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const search = $("[data-traffic-search]");
  const steps = $$("[data-traffic-step]");
  const rows = data.rows.map(([id, at, check, label, answer, took, outcome]) => {
    const cells = [id, at, data.checks[check], data.labels[label], data.answers[answer], took];
    return { cells, outcome: data.outcomes[outcome], text: cells.join("\n").toLowerCase() };
  });
  let found = rows;
  let first = 0;

  const draw = () => {
    const body = document.createElement("tbody");
    for (const { cells, outcome } of found.slice(first, first + PAGE)) {
      const row = body.insertRow();
      for (const [place, cell] of cells.entries()) {
        const made = row.insertCell();
        made.textContent = cell;
        made.dataset.label = heads[place];
      }
      row.cells[4].className = `k-${outcome}`;
    }
    table.tBodies[0].replaceWith(body);
    const last = Math.min(first + PAGE, found.length);
    $("[data-traffic-count]").textContent = found.length
      ? `${first + 1} to ${last} of ${found.length}`
      : "No exchange fits.";
    for (const step of steps) {
      const next = first + PAGE * Number(step.dataset.trafficStep);
      step.disabled = next < 0 || next >= found.length;
    }
  };
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = rows.filter((row) => words.every((word) => row.text.includes(word)));
    first = 0;
    draw();
  });
  for (const step of steps) {
    step.addEventListener("click", () => {
      first += PAGE * Number(step.dataset.trafficStep);
      draw();
    });
  }
  $("[data-traffic-toolbar]").hidden = false;
  table.hidden = false;
  draw();
}

/* On paper, what is broken is open. */
{
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = $$(".clause.v-failed:not([open]), .clause.v-warned:not([open])");
    for (const clause of opened) clause.open = true;
  });
  addEventListener("afterprint", () => {
    for (const clause of opened) clause.open = false;
  });
}
