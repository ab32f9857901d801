// The page: asks for news, and does what mouse, keyboard and address say.

import { clear, drawList, drawRoutes, linkOf, take, traces } from "./list.js";
import { at, readAddress, settings, state, writeAddress } from "./page.js";
import { asked, drawNone, drawTrace, showDocuments } from "./trace.js";

const POLL_MILLISECONDS = 1000;
const TELL_MILLISECONDS = 5000; // to who listens: not each request as it comes

let known = { run: "", serial: 0 };
let shown = null;
let found = null; // the trace whose id stood in the filter last
let toldAt = 0;

function news(told) {
  if (told.filter !== state.filter) return; // another answer is under way
  const isNewRun = told.run !== known.run;
  known = { run: told.run, serial: told.serial };
  take(told.traces, isNewRun);
  const counts = [`listening on ${told.address}`, `${traces.size} traces`];
  if (told.malformed) counts.push(`${told.malformed} malformed packets`);
  if (told.dropped) counts.push(`${told.dropped} packets dropped`);
  if (told.refused) counts.push(`${told.refused} packets of other machines refused (see INTERNAL_IPS)`);
  say(told.problem ? "not listening" : counts.join(", "));
  at("problem").textContent = told.problem ?? "";
  at("problem").hidden = !told.problem;
  if (state.view === "routes") drawRoutes(told.routes);
  tell(drawList(shown));
  if (told.found && told.found !== found) location.hash = told.found;
  found = told.found;
  if (told.traces.some((trace) => trace.id === shown)) open();
}

function say(text) {
  if (at("state").textContent !== text) at("state").textContent = text;
}

function tell(count) {
  const text = `${count} of ${traces.size} requests shown`;
  if (at("told").textContent === text || Date.now() - toldAt < TELL_MILLISECONDS) return;
  toldAt = Date.now();
  at("told").textContent = text;
}

async function ask() {
  const query = new URLSearchParams({ run: known.run, since: known.serial, filter: state.filter, view: state.view });
  const answer = await fetch(`${settings.news}?${query}`);
  if (!answer.ok) throw new Error(answer.status);
  news(await answer.json());
}

const askAll = () => {
  known.serial = 0; // which of all traces the words take, the server says
  return ask().catch(() => {}); // the next poll tells when it does not answer
};

async function poll() {
  try {
    if (!document.hidden) await ask();
  } catch {
    say("The server does not answer. Trying again…");
  }
  setTimeout(poll, POLL_MILLISECONDS);
}

async function open() {
  const id = decodeURIComponent(location.hash.slice(1));
  const isNew = id !== shown;
  shown = id || null;
  document.body.classList.toggle("has-detail", Boolean(id));
  at("detail").hidden = !id;
  drawList(shown);
  if (!id) return;
  const answer = await asked(settings.trace, id).catch(() => null);
  if (shown !== id || !answer) return;
  if (answer.ok) drawTrace(await answer.json(), isNew);
  else drawNone(id);
  if (isNew) at("detail").focus({ preventScroll: true });
}

function close() {
  const id = shown;
  history.pushState(null, "", location.pathname + location.search);
  open();
  if (id) linkOf(id)?.focus();
}

function follow() {
  at("filter").value = state.filter;
  at("list").hidden = state.view !== "requests";
  at("routes").hidden = state.view !== "routes";
  at("clear").hidden = state.view !== "requests";
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
  }
  for (const button of at("words").children) {
    button.setAttribute("aria-pressed", String(hasWord(button.textContent)));
  }
}

function look(changed, isTyped = false) {
  writeAddress(changed, isTyped);
  follow();
  return askAll();
}

const hasWord = (word) => ` ${state.filter} `.toLowerCase().includes(` ${word.toLowerCase()} `);

function toggle(word) {
  const begin = ` ${state.filter} `.toLowerCase().indexOf(` ${word.toLowerCase()} `);
  const without = state.filter.slice(0, Math.max(begin, 0)) + state.filter.slice(begin + word.length + 1);
  look({ filter: (begin < 0 ? `${state.filter} ${word}` : without).trim() });
}

// Mouse and keyboard

const links = () => [...document.querySelectorAll(state.view === "routes" ? "#figures a" : "#traces a")];

function move(step) {
  const all = links();
  const index = all.indexOf(document.activeElement);
  all[index < 0 ? 0 : Math.min(Math.max(index + step, 0), all.length - 1)]?.focus();
}

function openNext(step) {
  const all = [...at("traces").querySelectorAll("tr")].map((row) => row.dataset.id);
  const index = all.indexOf(shown);
  const next = all[index < 0 ? 0 : index + step];
  if (next) location.replace(`#${next}`);
}

const KEYS = { "/": () => at("filter").focus(), ArrowDown: () => move(1), ArrowUp: () => move(-1) };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && shown) close();
  if (event.target.closest("input")) return;
  if (event.key === "j" || event.key === "k") openNext(event.key === "j" ? 1 : -1);
  else if (event.key in KEYS && (event.key === "/" || !event.target.closest("#detail"))) KEYS[event.key]();
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  const { view, sort } = event.target.closest("[data-view], [data-sort]")?.dataset ?? {};
  if (view) look({ view, sort: "" });
  if (sort) look({ sort: state.sort === `-${sort}` ? sort : `-${sort}` });
});
at("words").addEventListener("click", (event) => event.target.closest("button") && toggle(event.target.textContent));
at("traces").addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  const mark = event.target.closest(".mark");
  if (mark) toggle(mark.firstChild.textContent);
  else if (row && !event.target.closest("a") && !String(getSelection())) location.hash = row.dataset.id;
});
at("figures").addEventListener("click", (event) => {
  const filter = event.target.closest("tr")?.dataset.filter;
  if (!filter || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  look({ view: "requests", sort: "", filter });
});
at("filter").addEventListener("input", () => look({ filter: at("filter").value }, true));
at("clear").addEventListener("click", () => {
  clear();
  drawList(shown);
});
at("close").addEventListener("click", close);
at("next").addEventListener("click", () => openNext(1));
at("previous").addEventListener("click", () => openNext(-1));
at("raw").addEventListener("toggle", () => showDocuments(shown));
addEventListener("hashchange", open);
addEventListener("popstate", () => {
  readAddress();
  follow();
  askAll();
});
readAddress();
follow();
open();
poll();
