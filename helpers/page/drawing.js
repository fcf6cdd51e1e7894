/* The picture of a sound: its wave above its spectrogram, on axes in seconds and kHz. */
"use strict";

const HIGHEST = RATE / 2;
const OCTAVES = [250, 500, 1000, 2000, 4000, 8000, 16000];
const RANGE = 55; // dB between the darkest and the brightest color
const VIRIDIS = [
  [68, 1, 84], [72, 40, 120], [62, 73, 137], [49, 104, 142], [38, 130, 142],
  [31, 158, 137], [53, 183, 121], [110, 206, 88], [181, 222, 43], [253, 231, 37],
]; // readable in gray too: https://bids.github.io/colormap/

/** Return the color of a share between 0 and 1. */
function viridis(share) {
  const place = share * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return VIRIDIS[low].map((value, i) => value + (place - low) * (VIRIDIS[low + 1][i] - value));
}

const COLORS = Array.from({ length: 256 }, (_, i) => [...viridis(i / 255), 255]);

/** Return a spectrogram's image, lowest frequency at the bottom, on a logarithmic axis. */
function image(wave, width, height) {
  const columns = spectrogram(wave, width);
  const brightest = columns.reduce((most, column) => column.reduce((a, b) => Math.max(a, b), most), -90);
  const picture = new ImageData(width, height);
  for (let y = 0; y < height; y += 1) {
    const hertz = LOWEST * (HIGHEST / LOWEST) ** (1 - y / (height - 1));
    const bin = Math.min((hertz * FRAME) / RATE, FRAME / 2 - 1.001);
    const low = Math.floor(bin);
    for (let x = 0; x < width; x += 1) {
      const level = columns[x][low] + (bin - low) * (columns[x][low + 1] - columns[x][low]);
      const share = Math.max(0, Math.min(1, 1 + (level - brightest) / RANGE));
      picture.data.set(COLORS[Math.round(255 * share)], 4 * (y * width + x));
    }
  }
  return picture;
}

/** Put a spectrogram on a canvas, without axes. */
function paint(canvas, wave, width, height) {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(image(wave, width, height), 0, 0);
  return canvas;
}

/** Draw the wave and the spectrogram with their axes into a canvas as wide as it is shown. */
function drawSound(canvas, wave) {
  const style = getComputedStyle(canvas);
  const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [left, waveHeight, height, foot] = [3.5 * em, 3.5 * em, 12 * em, 1.4 * em];
  const wide = Math.max(120, Math.round(canvas.parentElement.clientWidth));
  const tall = Math.round(waveHeight + height + foot);
  const scale = window.devicePixelRatio || 1;
  canvas.drawn = wide;
  canvas.width = wide * scale;
  canvas.height = tall * scale;
  canvas.style.height = `${tall}px`;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  drawWave(pen, wave, left, wide - left, waveHeight - 0.4 * em, style.getPropertyValue("--accent"));
  const picture = paint(document.createElement("canvas"), wave, Math.round(wide - left), Math.round(height));
  pen.drawImage(picture, left, waveHeight, wide - left, height);
  pen.fillStyle = style.getPropertyValue("--soft");
  pen.font = `${0.8 * em}px ${style.fontFamily}`;
  drawAxes(pen, wave.length / RATE, { left, top: waveHeight, width: wide - left, height, foot });
}

function drawWave(pen, wave, left, width, height, color) {
  const loudest = wave.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-4);
  pen.fillStyle = color;
  for (let x = 0; x < width; x += 1) {
    const part = wave.subarray(
      Math.floor((x * wave.length) / width),
      Math.max(1, Math.floor(((x + 1) * wave.length) / width)),
    );
    const reach = part.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / loudest;
    const bar = Math.max(1, reach * height);
    pen.fillRect(left + x, (height - bar) / 2, 1, bar);
  }
}

function drawAxes(pen, length, box) {
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const hertz of OCTAVES) {
    const share = Math.log(hertz / LOWEST) / Math.log(HIGHEST / LOWEST);
    const y = Math.max(box.top + 6, box.top + box.height * (1 - share));
    pen.fillText(hertz < 1000 ? `${hertz} Hz` : `${hertz / 1000} kHz`, box.left - 6, y);
  }
  pen.textBaseline = "bottom";
  const step = roundStep(length, box.width / 60);
  for (let time = 0; time <= length + 1e-6; time += step) {
    const x = box.left + (time / length) * box.width;
    pen.textAlign = x > box.left + box.width - 20 ? "right" : time === 0 ? "left" : "center";
    pen.fillText(seconds(time), x, box.top + box.height + box.foot);
  }
}
