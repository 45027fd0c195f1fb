// On every page of a signed-in person: drafts that only this device has go to the server, and [data-waiting] says how many
// still wait. What the server refuses is marked, stays, and is not sent again. [data-toasts] has the words.
// Taps at a meeting's door have a script of their own, which is fetched when some wait.
// <body data-worker="address">: the service worker that answers without network, for those who log sessions.
// <button data-forget> signs out: what the device keeps is wiped first.
import { send } from "./server.js";
import { toast } from "./toast.js";
import { forget, forgetAll, isTap, keep, meet, recall, unsent } from "./vault.js";

const WIPE_WITHIN = 800;
const { user, worker } = document.body.dataset;
const host = document.querySelector("[data-toasts]");
const notice = document.querySelector("[data-waiting]");
const open = document.querySelector("form[data-draft]")?.dataset.draft;

async function tell() {
  if (!notice) return;
  const waiting = (await unsent(user)).filter(({ draft }) => draft !== open);
  notice.querySelector("[data-count]").textContent = waiting.length;
  notice.hidden = !waiting.length;
}

/** Whether the server has it. Throws when there is no network, or nobody is signed in: the rest waits as well. */
async function deliver({ draft, value, at }) {
  if (value.refused) return false;
  const { status } = await send(value.url, new URLSearchParams(value.body));
  if (status === 401) throw status;
  if (status < 300) await forget(user, draft, at);
  else if (status < 500 && status !== 429) await keep(user, draft, { ...value, refused: status }, at);
  return status < 300;
}

async function recover(isNew) {
  const sent = [];
  if ((await recall(user)).some(isTap)) import(host.dataset.taps);
  try {
    for (const one of await unsent(user)) {
      // The form that stands open sends itself; only a page that has just come may still show an older text.
      if ((isNew || one.draft !== open) && (await deliver(one))) sent.push(one);
    }
  } catch {
    // It waits for the next page.
  }
  if (sent.some(({ draft }) => draft === open)) return location.reload();
  if (sent.length) {
    const next = sent.length === 1 ? sent[0].value.url.replace(/autosave\/$/, "edit/") : "/";
    toast(host.dataset.recovered, { label: host.dataset.recoveredNext, run: () => location.assign(next) });
  }
  return tell();
}

/** One tab sends at a time. Browsers without locks are older than the dialogs of our pages. */
function flush(isNew) {
  if (navigator.onLine) navigator.locks?.request("coachnet-recover", { ifAvailable: true }, (lock) => lock && recover(isNew));
}

if (user) {
  meet(worker ? user : "").then(() => flush(true));
  window.addEventListener("online", () => flush());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
}

if (worker) {
  window.addEventListener("load", () => {
    // Its address changes with the release, so the browser need not ask at every page. It may also refuse to keep one.
    navigator.serviceWorker?.register(worker, { updateViaCache: "all" }).catch(() => {});
  });
}

document.addEventListener("submit", async (event) => {
  if (!event.submitter?.matches("[data-forget]")) return;
  event.preventDefault();
  if (user && (await recall(user)).length && !confirm(host.dataset.unsent)) return;
  await Promise.race([forgetAll(), new Promise((resolve) => setTimeout(resolve, WIPE_WITHIN))]);
  event.target.submit();
});
