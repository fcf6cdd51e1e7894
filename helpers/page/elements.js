/* Elements and words for numbers. Text always goes in as text, never as HTML. */
"use strict";

const byId = (id) => document.getElementById(id);

/** Make an element; attributes that are true stand alone, those that are false or null are left out. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Make a table that opens below its chart: rows of texts, the first of each its header. */
function asTable(title, heads, rows) {
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
  const body = rows.map(([first, ...others]) =>
    make("tr", {}, make("th", { scope: "row" }, first), ...others.map((text) => make("td", {}, text))),
  );
  const table = make("table", {}, make("caption", {}, title));
  table.append(make("thead", {}, head), make("tbody", {}, ...body));
  const scroll = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, table);
  return make("details", {}, make("summary", {}, `${title}, as a table`), scroll);
}

const percent = (share) =>
  share > 0 && share < 0.005 ? "<1%" : share < 1 && share > 0.995 ? ">99%" : `${Math.round(100 * share)}%`;

const seconds = (value) => `${Number(value.toFixed(1))} s`;

function frequency(hertz) {
  if (hertz == null) return "none";
  return hertz < 1000 ? `${Math.round(hertz)} Hz` : `${(hertz / 1000).toFixed(1)} kHz`;
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Return a round step that cuts `length` into at most `most` parts. */
function roundStep(length, most) {
  const least = Math.max(length / most, 1e-3);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((times) => times * power >= least * 0.999);
}
