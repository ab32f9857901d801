// One trace: its story, its lines on an axis of time, its documents.

import { at, element, markElements, settings } from "./page.js";

const DEEPEST_INDENT = 14;

export const asked = (address, id) => fetch(address.replace("ID", encodeURIComponent(id)));

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
  const words = element("span", "words", element("span", "kind", line.kind), " ", line.label);
  const label = element("span", "label", words, ...markElements(line.marks));
  if (line.where) label.append(element("span", "where", line.where));
  label.style.paddingInlineStart = `${Math.min(line.depth, DEEPEST_INDENT) * 0.9}em`;
  const cells = [label, barOf(line, total), element("span", "number", line.took)];
  if (!line.details.length) return element("div", "line", ...cells);
  const facts = element("dl", "");
  for (const [title, text] of line.details) {
    facts.append(element("dt", "", title), element("dd", "", element("pre", "", text)));
  }
  return element("details", "line", element("summary", "", ...cells), facts);
}

export function drawNone(id) {
  at("title").textContent = "This trace is not kept any more";
  at("facts").textContent = id;
  for (const part of ["story", "axis", "lines"]) at(part).replaceChildren();
}

export function drawTrace({ summary, story, total, axis, lines }, isNew) {
  at("title").textContent = `${summary.method} ${summary.route}`;
  const more = summary.left_out ? ` and ${summary.left_out} not sent` : "";
  const queries = `${summary.queries} ${summary.queries === 1 ? "query" : "queries"}${more}`;
  const facts = [summary.status, summary.took, queries, summary.service, summary.id];
  at("facts").replaceChildren(facts.filter((fact) => fact !== null).join(" · "), ...markElements(summary.marks));
  at("story").className = summary.marks.some((mark) => mark === "fault" || mark === "timed out") ? "hurt" : "";
  drawStory(story);
  at("axis").replaceChildren(...axis.map((text) => element("span", "", text)));
  drawLines(lines, total, isNew);
  if (isNew) at("raw").open = false;
}

// What has not ended is drawn again each second: only what says something else is replaced.

function drawStory({ sentences, stack }) {
  const parts = [...sentences.map((sentence) => element("p", "", sentence)), ...(stack ? [element("pre", "", stack)] : [])];
  const drawn = [...at("story").children];
  if (parts.map((part) => part.tagName).join() !== drawn.map((part) => part.tagName).join()) at("story").replaceChildren(...parts);
  else for (const [index, part] of parts.entries()) if (drawn[index].textContent !== part.textContent) drawn[index].replaceWith(part);
}

let drawnLines = "";

function drawLines(lines, total, isNew) {
  const texts = JSON.stringify(lines.map(({ spans, ...text }) => text));
  const drawn = [...at("lines").children];
  if (texts === drawnLines && drawn.length === lines.length && !isNew) {
    for (const [index, line] of lines.entries()) drawn[index].querySelector(".track").replaceWith(barOf(line, total));
    return;
  }
  drawnLines = texts;
  const unfolded = new Set(drawn.flatMap((line, index) => (line.open && !isNew ? [index] : [])));
  at("lines").replaceChildren(...lines.map((line) => lineOf(line, total)));
  for (const index of unfolded) if (lines[index]?.details.length) at("lines").children[index].open = true;
}

export async function showDocuments(id) {
  if (!at("raw").open) return;
  const answer = await asked(settings.documents, id);
  at("raw").querySelector("pre").textContent = answer.ok ? await answer.text() : "They are not kept any more.";
}
