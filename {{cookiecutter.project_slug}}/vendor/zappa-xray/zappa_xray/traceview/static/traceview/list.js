// The list of requests, and the figures of their routes.

import { at, element, fill, markElements, renewed, settings, showSorting, sorted, state } from "./page.js";

const NEWEST = "-number";
export const traces = new Map(); // by id: the summary and its row
let cleared = 0; // the number of the newest trace when the list was cleared

function clock(seconds) {
  const moment = new Date(seconds * 1000);
  const milliseconds = String(moment.getMilliseconds()).padStart(3, "0");
  return `${moment.toLocaleTimeString([], { hourCycle: "h23" })}.${milliseconds}`;
}

function rowOf(trace) {
  const link = element("a", "", trace.route);
  link.href = `#${trace.id}`;
  const facts = [`${trace.method} ${trace.route}`, trace.status, trace.took, ...trace.marks];
  link.setAttribute("aria-label", facts.filter((fact) => fact !== null).join(", "));
  const path = trace.url.replace(/^https?:\/\/[^/]+/, "");
  const shownPath = trace.route === "(no route)" ? [element("span", "path", path)] : [];
  const marks = markElements(trace.marks);
  if (trace.repeated) marks.at(trace.marks.indexOf("N+1")).append(` ${trace.repeated}×`);
  const row = element(
    "tr",
    trace.marks.includes("timed out") ? "late" : "",
    element("td", "time", clock(trace.start)),
    element("td", "method", trace.method),
    element("td", "route", element("div", "", link, ...shownPath, ...marks)),
    element("td", "number", trace.status === null ? "" : String(trace.status)),
    element("td", "number", trace.took),
    element("td", "number queries", `${trace.queries}${trace.left_out ? `+${trace.left_out}` : ""}`),
  );
  row.dataset.id = trace.id;
  row.title = `${trace.url}\n${trace.service}`;
  return row;
}

export function take(changed, isNewRun) {
  if (isNewRun) traces.clear();
  for (const trace of changed) traces.set(trace.id, { trace, row: renewed(traces.get(trace.id)?.row, rowOf(trace)) });
  const newest = [...traces.values()].sort((a, b) => b.trace.number - a.trace.number);
  for (const { trace } of newest.splice(Number(settings.most))) traces.delete(trace.id);
}

export function clear() {
  cleared = Math.max(0, ...[...traces.values()].map(({ trace }) => trace.number));
}

export function drawList(shown) {
  const wanted = [...traces.values()].map(({ trace }) => trace).filter((trace) => trace.number > cleared && trace.wanted);
  const rows = sorted(wanted, NEWEST).map((trace) => traces.get(trace.id).row);
  const focused = document.activeElement.closest("#traces tr")?.dataset.id;
  if (fill(at("traces"), rows) && focused) linkOf(focused)?.focus({ preventScroll: true });
  at("empty").hidden = rows.length > 0;
  at("empty").textContent = traces.size
    ? "None of the requests kept is taken by this filter, or the list was cleared."
    : "No requests yet: send one to this server, and it appears here.";
  for (const row of rows) {
    row.classList.toggle("open", row.dataset.id === shown);
    row.querySelector("a").ariaCurrent = row.dataset.id === shown ? "true" : null;
  }
  showSorting(at("list"), NEWEST);
  return rows.length;
}

export const linkOf = (id) => at("traces").querySelector(`tr[data-id="${CSS.escape(id)}"] a`);

function rowOfRoute(route) {
  const link = element("a", "", `${route.method} ${route.route}`.trim());
  link.href = `?${new URLSearchParams({ filter: route.filter })}`;
  const cell = (title, text, classes = "") => {
    const made = element("td", `number ${classes}`, text);
    made.dataset.title = title; // where there is no room for columns it stands beside the figure
    return made;
  };
  const count = (title, number, classes = "") => cell(title, String(number), number ? classes : "none");
  const row = element(
    "tr",
    "",
    element("td", "route", link),
    count("requests", route.requests),
    cell("median", route.median_text),
    cell("p99", route.p99_text),
    count("errors", route.errors, "warn"),
    count("faults", route.faults, "bad"),
    count("time-outs", route.time_outs, "bad"),
    count("most queries", route.queries),
    cell("N+1", route.n_plus_one ? `${route.n_plus_one} (${route.repeated}×)` : "0", route.n_plus_one ? "warn" : "none"),
  );
  row.dataset.filter = route.filter;
  return row;
}

export function drawRoutes(routes) {
  const focused = document.activeElement.closest("#figures tr")?.dataset.filter;
  const before = new Map([...at("figures").children].map((row) => [row.dataset.filter, row]));
  // As they come they are in the order of what hurts first.
  const rows = (state.sort ? sorted(routes, "") : routes).map((route) => renewed(before.get(route.filter), rowOfRoute(route)));
  if (fill(at("figures"), rows) && focused) rows.find((row) => row.dataset.filter === focused)?.querySelector("a").focus({ preventScroll: true });
  showSorting(at("routes"), "");
}
