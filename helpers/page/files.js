/* Files: their type by their first bytes, since names and browsers' types differ; WAV is written. */
"use strict";

const SIGNATURES = [
  ["audio/wav", (text) => /^(RIFF|RF64)....WAVE/s.test(text)],
  ["audio/ogg", (text) => text.startsWith("OggS")],
  ["audio/flac", (text) => text.startsWith("fLaC")],
  ["audio/mpeg", (text) => text.startsWith("ID3") || /^\xff[\xe2\xe3\xf2\xf3\xfa\xfb]/.test(text)],
  ["image/jpeg", (text) => text.startsWith("\xff\xd8\xff")],
  ["image/png", (text) => text.startsWith("\x89PNG\r\n\x1a\n")],
];

/** Return the media type of a file: by its bytes, else the one that the browser gives it. */
function typeOf(bytes, named) {
  const start = String.fromCharCode(...new Uint8Array(bytes.slice(0, 16)));
  const known = SIGNATURES.find(([, fits]) => fits(start));
  return known ? known[0] : (named || "").split(";")[0].trim().toLowerCase();
}

/** Return base64 text as bytes. */
function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}

/** Return sound in [-1, 1] as a WAV file of 16 bits. */
function toWav(wave, rate) {
  const bytes = new ArrayBuffer(44 + 2 * wave.length);
  const view = new DataView(bytes);
  const words = (at, text) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  words(0, "RIFF");
  view.setUint32(4, 36 + 2 * wave.length, true);
  words(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  words(36, "data");
  view.setUint32(40, 2 * wave.length, true);
  wave.forEach((value, i) => {
    view.setInt16(44 + 2 * i, Math.round(32767 * Math.max(-1, Math.min(1, value))), true);
  });
  return bytes;
}
