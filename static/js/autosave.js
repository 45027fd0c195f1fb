// <form data-autosave-url data-draft="uuid" [data-confidential]> with [data-save-state]: the form is sent as it is
// 700 ms after the last key. Until the server has it, an encrypted copy stays on the device (see vault.js), except for
// confidential companies. The contract stands at coaching.views.form.session_autosave: 200 with {"saved_at": "10:44",
// "conflict": somebody else has saved a newer version, "local_copy": whether the device may keep the text}; 401 or a
// redirect to sign-in when the person is signed out. data-confidential-companies="3,17" tells before the server can.
import { send, setIcon } from "./server.js";
import { forget, keep } from "./vault.js";

const PAUSE = 700;
const RETRIES = [2_000, 5_000, 15_000, 60_000];
const CONTACT_IS_OLD = 5 * 60_000;

const form = document.querySelector("form[data-autosave-url]");
if (form) start(form);

function start(form) {
  const { autosaveUrl, draft } = form.dataset;
  const { user } = document.body.dataset;
  const state = form.querySelector("[data-save-state]");
  const banner = document.querySelector("[data-offline]");
  const confidential = new Set((form.dataset.confidentialCompanies ?? "").split(",").filter(Boolean));
  let refused = "confidential" in form.dataset;
  const mayKeep = () => !refused && !confidential.has(new FormData(form).get("company"));
  let changes = 0; // counts edits; `sent` is the last edit the server has
  let sent = 0;
  let kept = false; // the device holds the newest edit
  let tries = 0;
  let timer;
  let saving = null;
  let contact = Date.now();

  function say(name, icon, off = false) {
    const time = new Date().toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" });
    const words = state.dataset[name].replace("{time}", say.time ?? time);
    setIcon(state.querySelector("svg"), icon);
    const text = state.querySelector("span");
    if (text.textContent !== words) text.textContent = words;
    state.classList.toggle("save-state--off", off);
  }

  function body() {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") data.append(name, value);
    }
    return data;
  }

  const isDirty = () => sent < changes;

  function fallen(status) {
    if (status === 401) say(kept ? "signedOut" : "lost", "triangle-alert", true);
    else if (status === 409) say("conflict", "triangle-alert", true);
    else if (!navigator.onLine) say(kept ? "local" : "failed", "cloud-off", true);
    else say("failed", "cloud-off", true);
    if (status === 401 || status === 409) return;
    timer = setTimeout(save, RETRIES[Math.min(tries, RETRIES.length - 1)]);
    tries += 1;
  }

  async function sendNow(options) {
    const edit = changes;
    const data = body();
    if (!mayKeep()) await forget(user, draft);
    kept = mayKeep() && (await keep(user, draft, { url: autosaveUrl, body: data.toString() }));
    let status = 0;
    let said = {};
    try {
      const result = await send(autosaveUrl, data, options);
      status = result.status;
      if (result.ok && result.answer.headers.get("Content-Type")?.includes("json")) {
        said = await result.answer.json();
      }
    } catch {
      // No network: status stays 0.
    }
    if (status >= 200 && status < 300) {
      sent = edit;
      tries = 0;
      contact = Date.now();
      refused = said.local_copy === false || (refused && said.local_copy !== true);
      if (!isDirty() || refused) await forget(user, draft);
      say.time = said.saved_at;
      if (said.conflict) say("conflict", "triangle-alert", true);
      else if (!isDirty()) say("saved", "cloud-check");
    } else {
      fallen(status);
    }
    return status;
  }

  /** Send what is not sent. One request at a time, so that an older text can never overtake a newer one. */
  async function save(options) {
    clearTimeout(timer);
    while (saving) await saving;
    if (isDirty()) say("saving", "refresh-cw");
    saving = sendNow(options).finally(() => {
      saving = null;
    });
    return saving;
  }

  function changed(event) {
    if (event.target.closest("[data-no-autosave]")) return;
    changes += 1;
    kept = false;
    clearTimeout(timer);
    say("saving", "refresh-cw");
    timer = setTimeout(save, PAUSE);
  }

  form.addEventListener("input", changed);

  // Before the form leaves, the draft must be on the server: a sign-in that has run out, or a network that is gone, is
  // found here, not after.
  let flushed = false;
  const isSafe = () => !isDirty() && !saving && navigator.onLine && Date.now() - contact < CONTACT_IS_OLD;
  form.addEventListener("submit", async (event) => {
    if (flushed || isSafe()) {
      changes = sent;
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    if (button?.hasAttribute("aria-busy")) return;
    button?.setAttribute("aria-busy", "true");
    const status = await save();
    button?.removeAttribute("aria-busy");
    if (status === 0) {
      state.scrollIntoView({ block: "nearest" });
      return;
    }
    // Signed out: the form goes all the same, since the server keeps it as a draft and asks to sign in.
    flushed = true;
    changes = sent;
    form.requestSubmit(button);
    flushed = false;
  });

  function network() {
    if (banner) banner.hidden = navigator.onLine;
    if (navigator.onLine && isDirty()) save();
    else if (!navigator.onLine && isDirty()) say(kept ? "local" : "failed", "cloud-off", true);
  }

  window.addEventListener("online", network);
  window.addEventListener("offline", network);
  network();

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && isDirty()) save({ keepalive: true });
    // Back from signing in in another tab: try again without waiting for a key.
    else if (document.visibilityState === "visible" && isDirty()) save();
  });

  window.addEventListener("beforeunload", (event) => {
    if (isDirty() && !kept) event.preventDefault();
  });
}
