// On every page of a signed-in person: drafts that only this device has go to the server. [data-toasts] has the words.
// Taps at a meeting's door have a script of their own, which is fetched when some wait.
// <button data-forget> signs out: what the device keeps is wiped first.
import { send } from "./server.js";
import { toast } from "./toast.js";
import { forget, forgetAll, recall } from "./vault.js";

const WIPE_WITHIN = 800;
const { user } = document.body.dataset;
const host = document.querySelector("[data-toasts]");

async function recover() {
  const open = document.querySelector("form[data-draft]")?.dataset.draft;
  const found = await recall(user);
  if (found.some(({ draft }) => draft.startsWith("here/"))) import(host.dataset.taps);
  for (const { draft, value } of found) {
    if (draft.startsWith("here/")) continue;
    let status = 0;
    try {
      ({ status } = await send(value.url, new URLSearchParams(value.body)));
    } catch {
      return; // No network: the copy stays for the next page.
    }
    if (status < 200 || status >= 300) continue;
    await forget(user, draft);
    if (draft === open) location.reload();
    else toast(host.dataset.recovered);
  }
}

if (user && navigator.onLine) {
  if (navigator.locks) navigator.locks.request("coachnet-recover", { ifAvailable: true }, (lock) => lock && recover());
  else recover();
}

document.addEventListener("submit", async (event) => {
  if (!event.submitter?.matches("[data-forget]")) return;
  event.preventDefault();
  await Promise.race([forgetAll(), new Promise((resolve) => setTimeout(resolve, WIPE_WITHIN))]);
  event.target.submit();
});
