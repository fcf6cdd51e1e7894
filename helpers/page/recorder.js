/* A recording from the microphone, as a WAV file: what browsers record themselves, models can't read. */
"use strict";

const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** Start to record; return a function that stops, and a promise of the file. */
async function startRecording() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: PLAIN });
  const recorder = new MediaRecorder(stream);
  const chunks = [];
  recorder.ondataavailable = (event) => chunks.push(event.data);
  const stopped = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  const file = stopped.then(async () => {
    stream.getTracks().forEach((track) => track.stop());
    const wave = await decodeSound(await new Blob(chunks).arrayBuffer());
    return new File([toWav(wave, RATE)], "recording.wav", { type: "audio/wav" });
  });
  recorder.start();
  return { stop: () => recorder.state !== "inactive" && recorder.stop(), file };
}

/** Return the most seconds of a recording that fit into a request. */
const mostSeconds = () => Math.min(120, Math.floor((settings.limit - 44) / (2 * RATE)) - 1);

/** Explain why there is no recording. */
function explainRecording(error) {
  if (error.name === "NotAllowedError") {
    return { title: "The microphone is not allowed", advice: "Allow it for this page in your browser's settings, or choose a file." };
  }
  if (error.name === "NotFoundError") {
    return { title: "There is no microphone", advice: "Connect one, or choose a file." };
  }
  return { title: "The recording failed", advice: "Try again, or choose a file." };
}
