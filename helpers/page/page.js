/* The page: what is chosen, shown, sent and answered. */
"use strict";

const settings = JSON.parse(byId("settings").textContent);
const state = { chosen: null, waiting: null, recording: null, number: 0 };

/** Say what went wrong, below the button; null clears it. */
function showFault(fault) {
  byId("fault").replaceChildren(
    ...(fault ? [make("p", { class: "fault" }, make("strong", {}, fault.title), fault.advice)] : []),
  );
  byId("key").setAttribute("aria-invalid", String(Boolean(fault && fault.key)));
  if (fault && fault.key) byId("key").focus();
  if (fault) show(byId("fault"));
}

/** Scroll an element into view, at once for those who want no motion. */
function show(element) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
}

/** Choose a file, if the model takes it. */
async function choose(file, example = null, truth = null) {
  const number = (state.number += 1);
  if (state.waiting) state.waiting.abort();
  showFault(null);
  if (file.size > settings.limit) {
    return showFault({ title: "The file is too large", advice: `${file.name || "It"} has ${size(file.size)}; the API takes at most ${size(settings.limit)}.` });
  }
  if (!file.size) return showFault({ title: "The file is empty", advice: `Choose a ${settings.thing}.` });
  const bytes = await file.arrayBuffer();
  const type = typeOf(bytes, file.type);
  if (number !== state.number) return; // another one was chosen meanwhile
  if (!settings.types.includes(type)) {
    return showFault({ title: `This is no ${settings.thing} that the model takes`, advice: `${file.name || "It"} is ${type || "of an unknown type"}; it takes ${settings.formats}.` });
  }
  if (state.chosen) URL.revokeObjectURL(state.chosen.url);
  const chosen = { bytes, type, name: file.name, url: URL.createObjectURL(new Blob([bytes], { type })), wave: null, truth };
  state.chosen = chosen;
  for (const button of document.querySelectorAll("#examples button")) {
    button.setAttribute("aria-pressed", String(button === example));
  }
  clearAnswer();
  byId("chosen-name").textContent = `${chosen.name}, ${size(bytes.byteLength)}`;
  await (settings.sound ? showSound(chosen) : showPhoto(chosen));
}

async function showSound(chosen) {
  const canvas = make("canvas", { role: "img", "aria-label": "Wave and spectrogram; the table below says the same in numbers" });
  const head = make("div", { class: "playhead", hidden: true });
  const player = make("audio", { controls: true, src: chosen.url, "aria-label": `Play ${chosen.name}` });
  try {
    chosen.wave = await decodeSound(chosen.bytes);
  } catch {
    byId("chosen").replaceChildren(make("p", {}, "This browser can't draw this recording. The model may still read it."), player);
    return;
  }
  if (state.chosen !== chosen) return;
  const length = chosen.wave.length / RATE;
  byId("chosen-name").textContent = `${chosen.name}, ${seconds(length)}, ${size(chosen.bytes.byteLength)}`;
  const sound = make("div", { class: "sound" }, canvas, head);
  const rows = describeSound(chosen.wave).map((part) => [
    `${seconds(part.start)} to ${seconds(part.end)}`, `${Math.round(part.level)} dB`, frequency(part.hertz),
  ]);
  byId("chosen").replaceChildren(
    sound, make("p", { class: "hint" }, `Loudness above, frequencies below: yellow is loud, dark violet ${RANGE} dB below the loudest.`),
    player, asTable("The sound", ["Time", "Loudest level", "Strongest frequency"], rows),
  );
  drawSound(canvas, chosen.wave);
  const follow = () => {
    const left = parseFloat(getComputedStyle(document.documentElement).fontSize) * 3.5;
    head.hidden = player.paused && !player.currentTime;
    head.style.left = `${left + (player.currentTime / length) * (sound.clientWidth - left)}px`;
    if (!player.paused) requestAnimationFrame(follow);
  };
  player.onplay = player.onseeked = follow;
}

async function showPhoto(chosen) {
  const photo = make("img", { class: "photo", src: chosen.url, alt: `The photo ${chosen.name}` });
  photo.onerror = () => photo.replaceWith(make("p", {}, "This browser can't show this photo. The model may still read it."));
  byId("chosen").replaceChildren(photo);
}

function clearAnswer() {
  byId("summary").replaceChildren(make("p", { class: "hint" }, settings.sound
    ? "What the model hears, window by window, and how sure it is." : "What the model sees, and how sure it is."));
  byId("answer").replaceChildren();
}

/** Return the address to send to, beside the page's own: with or without a slash at its end. */
function target() {
  const folder = location.pathname.endsWith("/") ? location.pathname : `${location.pathname}/`;
  return location.origin + folder + settings.path;
}

/** Send the chosen file and show the answer. */
async function ask() {
  const key = byId("key").value.trim();
  if (!state.chosen) {
    showFault({ title: `Choose a ${settings.thing} first`, advice: "Drop one, choose a file, or take an example." });
    return byId("choose").focus();
  }
  if (!key) return showFault({ title: "Type your key first", advice: "Whoever runs the API gives you one.", key: true });
  if (!/^[\x21-\x7e]+$/.test(key)) return showFault({ title: "This can't be a key", advice: "Keys have letters, digits and signs only, and no spaces.", key: true });
  showFault(null);
  const { chosen } = state;
  wait(new AbortController());
  byId("summary").replaceChildren(make("p", {}, "Asking the model…"), make("div", { class: "wait" }));
  byId("answer").replaceChildren();
  try {
    const reply = await send(chosen, key, state.waiting.signal);
    if (state.chosen === chosen) showReply(reply, chosen);
  } catch (error) {
    if (state.chosen === chosen) clearAnswer();
    if (error.name !== "AbortError") showFault(explainSilence());
  } finally {
    wait(null);
  }
}

async function send(chosen, key, signal) {
  const started = performance.now();
  const response = await fetch(target(), {
    method: "POST",
    headers: { "Content-Type": chosen.type, Accept: "application/json", "x-api-key": key },
    body: chosen.bytes, signal, credentials: "omit", cache: "no-store", redirect: "error",
  });
  const text = await response.text();
  return { ok: response.ok, status: response.status, text, milliseconds: performance.now() - started };
}

function showReply(reply, chosen) {
  let answer = null;
  try {
    answer = reply.ok ? JSON.parse(reply.text) : null;
  } catch { /* no JSON: below */ }
  if (!answer || !answer.probabilities) {
    clearAnswer();
    return showFault(reply.ok ? { title: "The API answers something else", advice: "This is no answer of the model: tell whoever runs it." } : explain(reply.status, reply.text));
  }
  const [name, words] = sentence(answer);
  const truth = chosen.truth ? `The example's own label is ${chosen.truth}. ` : "";
  byId("summary").replaceChildren(
    make("p", { class: "headline" }, make("strong", {}, name), " ", make("span", {}, words)),
    make("p", { class: "hint" }, truth, `Answered in ${Math.round(reply.milliseconds).toLocaleString("en-US")} ms, the way there and back included.`),
  );
  byId("answer").replaceChildren(...charts(answer, chosen.wave ? chosen.wave.length / RATE : 0));
  show(byId("result"));
}

/** Turn the button into one that cancels, and back. */
function wait(controller) {
  state.waiting = controller;
  byId("ask").textContent = controller ? "Cancel" : "Ask the model";
  byId("answer").setAttribute("aria-busy", String(Boolean(controller)));
}

async function record() {
  const button = byId("record");
  if (state.recording) return state.recording.stop();
  showFault(null);
  let clock = 0;
  try {
    state.recording = await startRecording();
    const [started, most] = [performance.now(), mostSeconds()];
    button.classList.add("recording");
    clock = setInterval(() => {
      const passed = (performance.now() - started) / 1000;
      button.textContent = `Stop (${Math.floor(passed)} s)`;
      if (passed >= most) state.recording.stop();
    }, 200);
    button.textContent = "Stop";
    await choose(await state.recording.file);
  } catch (error) {
    showFault(explainRecording(error));
  } finally {
    clearInterval(clock);
    state.recording = null;
    button.classList.remove("recording");
    button.textContent = "Record";
  }
}

/** List the examples that came with the page. */
function listExamples() {
  byId("examples-part").hidden = !settings.examples.length;
  for (const { file, data, caption, credit } of settings.examples) {
    const bytes = fromBase64(data);
    const picture = settings.sound
      ? make("canvas", { width: 88, height: 52, "aria-hidden": "true" })
      : make("img", { src: URL.createObjectURL(new Blob([bytes])), alt: "" });
    const words = make("span", {}, make("strong", {}, caption), make("small", {}, credit));
    const button = make("button", { type: "button", "aria-pressed": "false" }, picture, words);
    button.onclick = () => choose(new File([bytes], file), button, caption);
    byId("examples").append(make("li", {}, button));
    if (settings.sound) decodeSound(bytes).then((wave) => paint(picture, wave, 176, 104), () => {});
  }
}

function listen() {
  const drop = byId("drop");
  byId("choose").onclick = () => byId("file").click();
  byId("file").onchange = ({ target: input }) => {
    if (input.files[0]) choose(input.files[0]);
    input.value = "";
  };
  byId("record").hidden = !(settings.sound && navigator.mediaDevices && window.MediaRecorder);
  byId("record").onclick = record;
  byId("show-key").onclick = ({ target: button }) => {
    const shown = byId("key").type === "password";
    byId("key").type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  byId("ask-form").onsubmit = (event) => {
    event.preventDefault();
    if (state.waiting) state.waiting.abort();
    else ask();
  };
  document.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add("over");
  };
  document.ondragleave = (event) => event.relatedTarget || drop.classList.remove("over");
  document.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files[0]) choose(event.dataTransfer.files[0]);
  };
  document.onpaste = ({ clipboardData }) => {
    if (clipboardData.files[0]) choose(clipboardData.files[0]);
  };
  const redraw = (event) => {
    const canvas = document.querySelector(".sound canvas");
    // A phone calls it a resize when its address bar goes: the width alone matters.
    const isSame = event.type === "resize" && canvas && canvas.clientWidth === canvas.drawn;
    if (canvas && !isSame) drawSound(canvas, state.chosen.wave);
  };
  window.onresize = redraw;
  matchMedia("(prefers-color-scheme: dark)").onchange = redraw;
}

clearAnswer();
listExamples();
listen();
