// What all of the page's scripts share. Everything that comes from a trace is put into the page as
// text, never as HTML.

export const settings = document.body.dataset;
export const at = (id) => document.getElementById(id);

export function element(tag, classes, ...content) {
  const made = document.createElement(tag);
  made.className = classes;
  made.append(...content);
  return made;
}

export const markElements = (marks) =>
  marks.map((mark) => element("span", `mark ${mark.toLowerCase().replace(/[^a-z]/g, "-")}`, mark));

// A row that stays in its place can be clicked and keeps the focus: only its cells that say something
// else are replaced.
export function renewed(row, fresh) {
  if (!row) return fresh;
  const label = fresh.querySelector("a").ariaLabel;
  row.className = fresh.className;
  for (const [index, cell] of [...fresh.cells].entries()) {
    if (row.cells[index].textContent !== cell.textContent) row.cells[index].replaceWith(cell);
    else row.cells[index].className = cell.className;
  }
  row.querySelector("a").ariaLabel = label;
  return row;
}

export function fill(body, rows) {
  const isSame = rows.length === body.children.length && rows.every((row, index) => body.children[index] === row);
  if (!isSame) body.replaceChildren(...rows);
  return !isSame;
}

// What is looked at stands in the address: view, filter and sort in its query, the trace in its hash.

export const state = { view: "requests", filter: "", sort: "" };

export function readAddress() {
  const told = new URLSearchParams(location.search);
  state.view = told.get("view") === "routes" ? "routes" : "requests";
  state.filter = told.get("filter") ?? "";
  state.sort = told.get("sort") ?? "";
}

// What is chosen can be gone back from; what is typed is one step, however many letters it has.
export function writeAddress(changed, isTyped) {
  Object.assign(state, changed);
  const told = new URLSearchParams();
  if (state.view !== "requests") told.set("view", state.view);
  if (state.filter) told.set("filter", state.filter);
  if (state.sort) told.set("sort", state.sort);
  const address = `${location.pathname}${told.size ? `?${told}` : ""}${location.hash}`;
  if (isTyped) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
}

// Tables are sorted by a key, downwards when a minus stands before it.

export function sorted(rows, natural) {
  const key = state.sort.replace("-", "") || natural.replace("-", "");
  const step = (state.sort || natural).startsWith("-") ? -1 : 1;
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : (a ?? -1) - (b ?? -1));
  return [...rows].sort((a, b) => step * compare(a[key], b[key]));
}

export function showSorting(table, natural) {
  for (const button of table.querySelectorAll("[data-sort]")) {
    const current = state.sort || natural;
    const order = current.startsWith("-") ? "descending" : "ascending";
    const isKey = current.replace("-", "") === button.dataset.sort;
    if (isKey) button.closest("th").setAttribute("aria-sort", order);
    else button.closest("th").removeAttribute("aria-sort");
  }
}
