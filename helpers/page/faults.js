/* What went wrong, in plain words: a title, what to do, and whether the key is at fault. */
"use strict";

/** Return an error's words, its status at the model, and whether the model itself said them. */
function readError(answered, text) {
  let body = {};
  try {
    body = Object(JSON.parse(text));
  } catch {
    body = { message: /^\s*</.test(text) ? "" : text };
  }
  // The gateway of this course says who speaks; SageMaker's own error keeps the model's words.
  const words = body.OriginalMessage || body.message || body.Message || "";
  const byModel = body.from === "model" || "OriginalMessage" in body;
  const status = body.OriginalStatusCode || answered;
  return { words: String(words).trim().slice(0, 400), status, byModel, byEndpoint: body.from === "endpoint" };
}

/** Explain an answer that is no success; the gateway's own are in AWS's list of response types. */
function explain(answered, text) {
  const { words, status, byModel, byEndpoint } = readError(answered, text);
  if (byModel && status === 413) return { title: "The file is too large", advice: words };
  if (byModel && status < 500) return { title: `The model can't use this ${settings.thing}`, advice: words || `It answered with error ${status}.` };
  if (byModel) return { title: "The model failed", advice: `Try another ${settings.thing}; if it stays, tell whoever runs the API: error ${status}.` };
  if (status === 503 || (status === 429 && byEndpoint)) return { title: "The model is not ready", advice: "It may still be starting: ask again in a minute." };
  if (status === 403 && /authentication token/i.test(words)) return { title: "This address answers nobody", advice: "The page and its API do not belong together: tell whoever runs it." };
  if (status === 401 || status === 403) return { title: "This key is not accepted", advice: "Look for a missing letter, or ask whoever runs the API for a new one.", key: true };
  if (status === 413) return { title: "The file is too large", advice: `Send at most ${size(settings.limit)}: a shorter recording, or a smaller photo.` };
  if (status === 429 && /limit exceeded/i.test(words)) return { title: "This key's quota is used up", advice: "It is good again when the next day, week or month of its plan begins." };
  if (status === 429) return { title: "Too many requests at once", advice: "Wait a few seconds, then ask again." };
  if (status === 504) return { title: "The model took too long", advice: "Send a shorter recording or a smaller photo, or ask again in a minute." };
  if (status < 500) return { title: "The API refuses this request", advice: words || `It answered with error ${status}.` };
  return { title: "Something went wrong behind the API", advice: `Ask again; if it stays, tell whoever runs the API: error ${status}.` };
}

/** Explain why no answer came at all. */
function explainSilence() {
  return navigator.onLine
    ? { title: "No answer from the API", advice: "It can't be reached: look at your connection, then ask again." }
    : { title: "You are offline", advice: "Connect to the internet, then ask again." };
}
