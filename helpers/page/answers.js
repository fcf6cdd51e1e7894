/* Answers as charts: species by time, a distribution of counts, a ranking; each with its table. */
"use strict";

const MOST_LANES = 5;
const LEAST = 0.15; // of a probability that gets a block beside the likeliest one's

const nameOf = (label) => (Object.hasOwn(settings.names, label) ? settings.names[label] : label);
const ranked = (probabilities) => Object.entries(probabilities).sort((a, b) => b[1] - a[1]);
const withUnit = (count) => `${count} ${count === 1 ? "item" : "items"}`;

/** Return one sentence for a whole answer. */
function sentence(answer) {
  const share = answer.probabilities[answer.label];
  const windows = answer.windows ? `, over ${answer.windows.length} window${answer.windows.length > 1 ? "s" : ""}` : "";
  return [nameOf(answer.label), `${percent(share)} likely${windows}`];
}

/** Return the charts of an answer. */
function charts(answer, length) {
  const parts = answer.windows ? timeline(answer, length) : [];
  return [...parts, ...(answer.expected_count == null ? ranking(answer) : distribution(answer))];
}

/** Draw a lane for each species: blocks where it may sing, as tall as it is likely. */
function timeline({ windows: answered, probabilities }, length) {
  const windows = answered.map((window, i) => ({
    ...window, end: window.end ?? answered[i + 1]?.start ?? Math.max(length, window.start + 1),
  })); // a data set may not say where a window ends
  const end = Math.max(length, ...windows.map((window) => window.end));
  const inLanes = ranked(probabilities)
    .map(([label]) => label)
    .filter((label) => windows.some((w) => w.label === label || w.probabilities[label] >= LEAST));
  const shown = inLanes.slice(0, MOST_LANES);
  const lanes = shown.map((label) => lane(label, windows, end));
  const words = windows.map((w) => `${seconds(w.start)} to ${seconds(w.end)}: ${nameOf(w.label)}, ${percent(w.probabilities[w.label])}`);
  const chart = make("div", { role: "img", "aria-label": `By time: ${words.slice(0, 12).join("; ")}` }, ...lanes, times(end));
  const rows = windows.map((w) => {
    const [[first, p], [second, q] = ["", 0]] = ranked(w.probabilities);
    return [`${seconds(w.start)} to ${seconds(w.end)}`, `${nameOf(first)}, ${percent(p)}`, second ? `${nameOf(second)}, ${percent(q)}` : "none"];
  });
  const left = inLanes.length > shown.length ? ` ${inLanes.length - shown.length} more classes are in the table.` : "";
  return [
    make("h3", {}, "By time"),
    make("p", { class: "hint" }, `A block is a window that the model heard; a full lane is 100%. Filled: the likeliest there. Outlined: another is likelier.${left}`),
    chart,
    asTable("Windows", ["Time", "Likeliest", "Second"], rows),
  ];
}

function lane(label, windows, end) {
  const track = make("div", { class: "track" });
  for (const window of windows) {
    const share = window.probabilities[label];
    if (window.label !== label && share < LEAST) continue;
    const block = make("div", { class: `block${window.label === label ? " top" : ""}${share < 0.75 ? " low" : ""}` });
    const width = (window.end - window.start) / end;
    block.style.left = `${(100 * window.start) / end}%`;
    block.style.width = `${100 * width}%`;
    block.style.height = `${100 * share}%`;
    if (width > 0.13) block.append(make("span", {}, percent(share)));
    track.append(block);
  }
  const tops = windows.filter((window) => window.label === label).length;
  const note = tops ? `likeliest in ${tops} of ${windows.length}` : "never the likeliest";
  return make("div", { class: "lane" }, make("p", {}, nameOf(label), " ", make("span", {}, `(${note})`)), track);
}

function times(end) {
  const step = roundStep(end, 5);
  const marks = Array.from({ length: Math.floor(end / step + 1e-6) + 1 }, (_, i) => i * step);
  const axis = make("div", { class: "times" });
  for (const time of marks) {
    const mark = make("span", { class: time > 0.95 * end ? "end" : null }, seconds(time));
    mark.style.left = `${(100 * time) / end}%`;
    axis.append(mark);
  }
  return axis;
}

/** Draw the likeliest classes as bars. */
function ranking({ label: likeliest, probabilities }) {
  const all = ranked(probabilities);
  const bars = all.slice(0, MOST_LANES).map(([label, share]) => {
    const fill = make("i");
    fill.style.width = `${100 * share}%`;
    return make("div", { class: `bar${label === likeliest ? " top" : ""}` }, make("span", {}, nameOf(label)), make("i", {}, fill), make("b", {}, percent(share)));
  });
  const words = all.slice(0, MOST_LANES).map(([label, share]) => `${nameOf(label)}, ${percent(share)}`);
  return [
    make("h3", {}, "All in all"),
    make("div", { role: "img", "aria-label": `Likeliest: ${words.join("; ")}` }, ...bars),
    asTable("All classes", ["Class", "Label", "Probability"], all.map(([label, share]) => [nameOf(label), label, percent(share)])),
  ];
}

/** Draw the probability of each count as a column, and the expected count as a line. */
function distribution({ label: likeliest, probabilities, expected_count: expected }) {
  const labels = Object.keys(probabilities).sort((a, b) => a - b);
  const most = Math.max(...Object.values(probabilities));
  const plot = make("div", { class: "plot" });
  for (const label of labels) {
    const fill = make("i");
    fill.style.height = `${(84 * probabilities[label]) / most}%`;
    plot.append(make("div", { class: `column${label === likeliest ? " top" : ""}` }, make("span", {}, percent(probabilities[label])), fill));
  }
  const mark = make("span", {}, "▲", make("br"), `expected ${expected.toFixed(1)}`);
  mark.style.left = `${(100 * (expected - labels[0] + 0.5)) / labels.length}%`;
  const names = make("div", { class: "names hint" }, ...labels.map((label) => make("span", {}, label)));
  const spoken = labels.map((label) => `${withUnit(Number(label))}, ${percent(probabilities[label])}`);
  return [
    make("h3", {}, "How many?"),
    make("div", { class: "columns", role: "img", "aria-label": `Probability of each count: ${spoken.join("; ")}; expected count ${expected.toFixed(1)}` }, plot, names, make("div", { class: "expected" }, mark)),
    make("p", { class: "hint" }, "The probability of each number of items; the mark is their mean."),
    asTable("All counts", ["Count", "Probability"], labels.map((label) => [nameOf(label), percent(probabilities[label])])),
  ];
}
