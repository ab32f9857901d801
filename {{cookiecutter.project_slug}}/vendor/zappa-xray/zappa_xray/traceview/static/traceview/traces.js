// Everything that comes from a trace is put into the page as text, never as HTML.

const POLL_MILLISECONDS = 1000;
const DEEPEST_INDENT = 14;

const settings = document.body.dataset;
const at = (id) => document.getElementById(id);
const traces = new Map(); // by id: the summary and its row
let known = { run: "", serial: 0 };
let clearedAt = 0;
let shown = null;

function element(tag, classes, ...content) {
  const made = document.createElement(tag);
  made.className = classes;
  made.append(...content);
  return made;
}

function clock(seconds) {
  const moment = new Date(seconds * 1000);
  const milliseconds = String(moment.getMilliseconds()).padStart(3, "0");
  return `${moment.toLocaleTimeString([], { hourCycle: "h23" })}.${milliseconds}`;
}

const markElements = (marks) =>
  marks.map((mark) => element("span", `mark ${mark.replace(" ", "-")}`, mark));

// The list

function rowOf(trace) {
  const link = element("a", "", trace.route);
  link.href = `#${trace.id}`;
  const path = trace.url.replace(/^https?:\/\/[^/]+/, "");
  const shownPath = trace.route === "(no route)" ? element("span", "path", ` ${path}`) : "";
  const marks = markElements(trace.marks);
  if (trace.repeated) marks.push(element("span", "mark repeated", `${trace.repeated}× same query`));
  const row = element(
    "tr",
    "",
    element("td", "time", clock(trace.start)),
    element("td", "method", trace.method),
    element("td", "route", link, shownPath),
    element("td", "number", trace.status === null ? "" : String(trace.status)),
    element("td", "number", trace.took),
    element("td", "number", String(trace.queries)),
    element("td", "marks", ...marks),
  );
  row.dataset.id = trace.id;
  row.title = `${trace.url}\n${trace.service}`;
  return row;
}

function drawList() {
  const newest = [...traces.values()].sort((a, b) => b.trace.start - a.trace.start);
  for (const { trace } of newest.splice(Number(settings.most))) traces.delete(trace.id);
  const rows = newest.filter(({ trace }) => trace.start > clearedAt && trace.wanted).map(({ row }) => row);
  const focused = document.activeElement.closest("#traces tr")?.dataset.id;
  const body = at("traces");
  if (rows.length !== body.children.length || rows.some((row, index) => body.children[index] !== row)) {
    body.replaceChildren(...rows);
    if (focused) linkOf(focused)?.focus({ preventScroll: true });
  }
  at("empty").hidden = rows.length > 0;
  for (const row of rows) row.classList.toggle("open", row.dataset.id === shown);
}

const linkOf = (id) => at("traces").querySelector(`tr[data-id="${CSS.escape(id)}"] a`);

function take(news) {
  if (news.filter !== at("filter").value) return; // another answer is under way
  if (news.run !== known.run) traces.clear();
  known = { run: news.run, serial: news.serial };
  for (const trace of news.traces) traces.set(trace.id, { trace, row: rowOf(trace) });
  const counts = [`listening on ${news.address}`, `${traces.size} traces`];
  if (news.malformed) counts.push(`${news.malformed} malformed packets`);
  if (news.dropped) counts.push(`${news.dropped} packets dropped`);
  say(news.problem ? "not listening" : counts.join(", "));
  at("problem").textContent = news.problem ?? "";
  at("problem").hidden = !news.problem;
  if (news.traces.length) drawList();
  if (news.traces.some((trace) => trace.id === shown)) open();
}

function say(text) {
  if (at("state").textContent !== text) at("state").textContent = text;
}

async function ask() {
  const query = new URLSearchParams({ run: known.run, since: known.serial, filter: at("filter").value });
  const answer = await fetch(`${settings.news}?${query}`);
  if (!answer.ok) throw new Error(answer.status);
  take(await answer.json());
}

async function poll() {
  try {
    if (!document.hidden) await ask();
  } catch {
    say("The server does not answer. Trying again…");
  }
  setTimeout(poll, POLL_MILLISECONDS);
}

// One trace

function barOf(line, total) {
  const track = element("span", "track");
  for (const [start, duration] of line.spans) {
    const bar = element("i", `bar ${line.kind}`);
    bar.style.left = `${total ? (start / total) * 100 : 0}%`;
    bar.style.width = `${total ? (duration / total) * 100 : 100}%`;
    track.append(bar);
  }
  return track;
}

function lineOf(line, total) {
  const label = element("span", "label", element("span", "kind", line.kind), " ", line.label, ...markElements(line.marks).flatMap((mark) => [" ", mark]));
  label.style.paddingInlineStart = `${Math.min(line.depth, DEEPEST_INDENT) * 0.9}em`;
  const cells = [label, barOf(line, total), element("span", "number", line.took)];
  if (!line.details.length) return element("div", "line", ...cells);
  const facts = element("dl", "");
  for (const [title, text] of line.details) {
    facts.append(element("dt", "", title), element("dd", "", element("pre", "", text)));
  }
  return element("details", "line", element("summary", "", ...cells), facts);
}

async function open() {
  const id = decodeURIComponent(location.hash.slice(1));
  const isNew = id !== shown;
  shown = id || null;
  document.body.classList.toggle("has-detail", Boolean(id));
  at("detail").hidden = !id;
  drawList();
  if (!id) return;
  const answer = await fetch(settings.trace.replace("ID", encodeURIComponent(id))).catch(() => null);
  if (shown !== id || !answer) return;
  if (!answer.ok) {
    at("title").textContent = "This trace is not kept any more";
    at("facts").textContent = id;
    at("axis").replaceChildren();
    at("lines").replaceChildren();
  } else {
    drawTrace(await answer.json(), isNew);
  }
  if (isNew) at("detail").focus({ preventScroll: true });
}

function drawTrace({ summary, total, axis, lines }, isNew) {
  at("title").textContent = `${summary.method} ${summary.route}`;
  const facts = [summary.status, summary.took, `${summary.queries} queries`, summary.service, summary.id];
  at("facts").replaceChildren(facts.filter((fact) => fact !== null).join(" · "), ...markElements(summary.marks));
  at("axis").replaceChildren(...axis.map((text) => element("span", "", text)));
  const unfolded = new Set([...at("lines").children].flatMap((line, index) => (line.open ? [index] : [])));
  at("lines").replaceChildren(...lines.map((line) => lineOf(line, total)));
  if (!isNew) for (const index of unfolded) at("lines").children[index].open = true;
  if (isNew) at("raw").open = false;
}

async function showDocuments() {
  if (!at("raw").open) return;
  const answer = await fetch(settings.documents.replace("ID", encodeURIComponent(shown)));
  at("raw").querySelector("pre").textContent = answer.ok ? await answer.text() : "They are not kept any more.";
}

// Mouse and keyboard

function close() {
  const id = shown;
  history.pushState(null, "", location.pathname);
  open();
  if (id) linkOf(id)?.focus();
}

function move(step) {
  const links = [...at("traces").querySelectorAll("a")];
  const index = links.indexOf(document.activeElement);
  links[index < 0 ? 0 : Math.min(Math.max(index + step, 0), links.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") close();
  if (event.target.closest("input, #detail")) return;
  if (event.key === "/") at("filter").focus();
  else if (event.key === "ArrowDown") move(1);
  else if (event.key === "ArrowUp") move(-1);
  else return;
  event.preventDefault();
});
at("traces").addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  if (row && !event.target.closest("a") && !String(getSelection())) location.hash = row.dataset.id;
});
at("filter").addEventListener("input", () => {
  known.serial = 0; // which of all traces the new words take, the server says
  ask().catch(() => {}); // the next poll tells when it does not answer
});
at("clear").addEventListener("click", () => {
  clearedAt = Math.max(0, ...[...traces.values()].map(({ trace }) => trace.start));
  drawList();
});
at("close").addEventListener("click", close);
at("raw").addEventListener("toggle", showDocuments);
addEventListener("hashchange", open);
open();
poll();
