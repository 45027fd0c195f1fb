// Taps at the door of a meeting: sent at once, or as soon as there is a network again, the oldest first.
// Until the server has answered, one for each person lies in the vault, the latest: an address made of numbers, in or
// back, and when. `taps` holds the same by address, and `words` where the server has refused. Every change is told as
// a "tap" event with {address, answer}, and a round that is over as one without an address.
import { send } from "./server.js";
import { forget, keep, recall } from "./vault.js";

const KIND = "here"; // vault.js knows them by it
const PATIENCE = 15_000;
const SLOW = 1_000;
const RETRIES = [3_000, 10_000, 30_000];
const NOT_NOW = [0, 408, 429];
const { user } = document.body.dataset;

export const taps = new Map();
/** What taps wait for: "" for nothing, "network" or "sign-in". */
export const hindrance = { is: "" };

let tries = 0;
let timer;
let sending;
let writing = Promise.resolve();

const tell = (address, answer) => document.dispatchEvent(new CustomEvent("tap", { detail: { address, answer } }));

/** Whether a tap waits, and is not merely on its way. */
export const waits = ({ at, words }) =>
  !words && Boolean(hindrance.is || !navigator.onLine || Date.now() - at >= SLOW);

/** Writes to the vault come one after the other: an older tap must not overtake a newer one. */
function write(deed) {
  writing = writing.then(deed);
}

export function tap(address, on) {
  const one = { on, at: Date.now() };
  taps.set(address, one);
  write(async () => {
    one.kept = await keep(user, KIND + address, { on, at: one.at });
  });
  tell(address);
  setTimeout(() => taps.get(address) === one && tell(address), SLOW);
  flush();
}

/** Give a tap up: the server has it, or whoever made it has read why it was refused. */
export function drop(address, answer) {
  taps.delete(address);
  write(() => forget(user, KIND + address));
  tell(address, answer);
}

async function post(address, { on, at }) {
  const data = new URLSearchParams({ done: on ? "1" : "0", ago: Math.max(0, Date.now() - at) });
  try {
    const { status, answer } = await send(address, data, { signal: AbortSignal.timeout(PATIENCE) });
    const isOurs = answer.headers.get("Content-Type")?.includes("json");
    // Somebody between us and the server may answer in its place, as some networks do until one has paid.
    if (answer.ok && !isOurs) return { status: 0 };
    return { status, ...(isOurs && (await answer.json())) };
  } catch {
    return { status: 0 };
  }
}

const next = () => [...taps].filter(([, one]) => !one.words).sort(([, a], [, b]) => a.at - b.at)[0];

async function sendAll() {
  for (let first = next(); first; first = next()) {
    const [address, one] = first;
    const { status, ...answer } = await post(address, one);
    if (status === 401 || status >= 500 || NOT_NOW.includes(status)) {
      hindrance.is = status === 401 ? "sign-in" : "network";
      timer = setTimeout(flush, RETRIES[Math.min(tries, RETRIES.length - 1)]);
      tries += 1;
      break;
    }
    hindrance.is = "";
    tries = 0;
    if (taps.get(address) !== one) continue; // tapped again meanwhile: that is sent in its turn
    if (status < 300) {
      drop(address, answer);
    } else {
      // Stays in the vault, so that the next page that is opened says so too.
      const { forbidden, failed } = document.querySelector("[data-toasts]").dataset;
      one.words = answer.words ?? (status === 403 ? forbidden : failed);
      tell(address);
    }
  }
  tell();
}

/** Send what waits. One round at a time, also where the same person has several pages open. */
export function flush() {
  clearTimeout(timer);
  if (!next()) return;
  sending ??= (navigator.locks ? navigator.locks.request("coachnet-taps", sendAll) : sendAll()).finally(() => {
    sending = undefined;
    if (next() && !hindrance.is) flush();
  });
}

function again() {
  tries = 0;
  flush();
}

window.addEventListener("online", again);
window.addEventListener("offline", () => tell());
document.addEventListener("visibilitychange", () => document.hidden || again());

window.addEventListener("beforeunload", (event) => {
  if ([...taps.values()].some((one) => waits(one) && !one.kept)) event.preventDefault();
});

async function load() {
  for (const { draft, value } of await recall(user)) {
    const address = draft.slice(KIND.length);
    if (!draft.startsWith(`${KIND}/`) || taps.has(address)) continue;
    taps.set(address, { ...value, kept: true });
    tell(address);
  }
  if (next()) flush();
}

load();
