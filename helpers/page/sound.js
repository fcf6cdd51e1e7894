/* Sound as numbers: decoded, its Fourier transform, its spectrogram; draws nothing. */
"use strict";

const RATE = 32000; // what the model hears
const FRAME = 1024;
const LOWEST = 150; // Hz; below it is wind
const MOST_FRAMES = 6; // of one column: the loudest is shown, so that no short call is missed

/** Decode a sound file that the browser knows; return it mono, at RATE. */
async function decodeSound(bytes) {
  const context = new OfflineAudioContext(1, 1, RATE);
  const buffer = await context.decodeAudioData(bytes.slice(0));
  const wave = new Float32Array(buffer.length);
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    buffer.getChannelData(channel).forEach((value, i) => {
      wave[i] += value / buffer.numberOfChannels;
    });
  }
  return wave;
}

/** Transform a complex signal in place; its length is a power of two (Cooley and Tukey, 1965). */
function fourier(real, imaginary) {
  const length = real.length;
  for (let i = 1, j = 0; i < length; i += 1) {
    let bit = length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let half = 1; half < length; half *= 2) {
    for (let k = 0; k < half; k += 1) {
      const cos = Math.cos((Math.PI * k) / half);
      const sin = -Math.sin((Math.PI * k) / half);
      for (let a = k; a < length; a += 2 * half) {
        const b = a + half;
        const x = real[b] * cos - imaginary[b] * sin;
        const y = real[b] * sin + imaginary[b] * cos;
        real[b] = real[a] - x;
        imaginary[b] = imaginary[a] - y;
        real[a] += x;
        imaginary[a] += y;
      }
    }
  }
}

const HANN = Float64Array.from({ length: FRAME }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FRAME));

/** Return the decibels of each frequency in the frame that starts at `start`, FRAME / 2 numbers. */
function spectrum(wave, start) {
  const real = HANN.map((weight, i) => weight * (wave[start + i] || 0));
  const imaginary = new Float64Array(FRAME);
  fourier(real, imaginary);
  return Float32Array.from({ length: FRAME / 2 }, (_, i) =>
    10 * Math.log10(real[i] ** 2 + imaginary[i] ** 2 + 1e-9),
  );
}

/** Return `count` columns of a spectrogram, each FRAME / 2 decibels. */
function spectrogram(wave, count) {
  const step = wave.length / count;
  const frames = Math.max(1, Math.min(MOST_FRAMES, Math.ceil(step / FRAME)));
  return Array.from({ length: count }, (_, column) => {
    const loudest = new Float32Array(FRAME / 2).fill(-90);
    for (let frame = 0; frame < frames; frame += 1) {
      const center = (column + (frame + 0.5) / frames) * step;
      const start = Math.max(0, Math.min(wave.length - FRAME, Math.round(center - FRAME / 2)));
      spectrum(wave, start).forEach((value, i) => {
        loudest[i] = Math.max(loudest[i], value);
      });
    }
    return loudest;
  });
}

/** Return, for each of a few spans, its times, loudest level (dB, 0 is full scale), strongest Hz. */
function describeSound(wave) {
  const length = wave.length / RATE;
  const step = roundStep(length, 12);
  return Array.from({ length: Math.ceil(length / step - 1e-6) }, (_, i) => {
    const [start, end] = [i * step, Math.min(length, (i + 1) * step)];
    const part = wave.subarray(Math.round(start * RATE), Math.round(end * RATE));
    const level = part.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-5);
    const bands = spectrogram(part, 24);
    const lowest = Math.ceil((LOWEST * FRAME) / RATE);
    let [best, strongest] = [-Infinity, lowest];
    for (let bin = lowest; bin < FRAME / 2; bin += 1) {
      for (const column of bands) if (column[bin] > best) [best, strongest] = [column[bin], bin];
    }
    return { start, end, level: 20 * Math.log10(level), hertz: level > 1e-4 ? (strongest * RATE) / FRAME : null };
  });
}
