// <div data-short-log data-home data-autosave-url>: the page that opens without network (see coachnet/offline.py). What
// is typed lies in the vault of whoever the device last showed pages to (see vault.js), as the form that the autosave
// takes; the next page with network sends it (see recover.js). [data-network="on|off"] are words for either state.
import "./started.js";
import { forget, keep, person, unsent } from "./vault.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const FIRST_WORDS = 60;
const FIRST_PAUSE = 500;
const AGAIN_PAUSE = 2_000; // a page that could not be fetched just now is not asked for at once
const LONGEST_PAUSE = 30_000;
const theme = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
if (theme) document.documentElement.dataset.theme = theme;

const page = document.querySelector("[data-short-log]");
const form = page.querySelector("form");
const queue = page.querySelector("[data-queue]");
const state = form.querySelector("[role='status']");
const isAsked = location.pathname === page.dataset.home; // for its own sake, not in the place of another page
let asking;
let pause = performance.getEntriesByType("navigation")[0]?.type === "reload" ? AGAIN_PAUSE : FIRST_PAUSE;
let typed = false; // something new since the form was begun

/** To the page that was asked for: it sends what waits. */
function again() {
  if (isAsked) location.assign("/");
  else location.reload();
}

function network(isOn) {
  for (const words of page.querySelectorAll("[data-network]")) words.hidden = (words.dataset.network === "on") !== isOn;
}

/** Ask whether the server answers: the browser says "online" too early, and of one bar that grows to two nothing. */
async function ask() {
  clearTimeout(asking);
  try {
    if (navigator.onLine) {
      await fetch(page.dataset.home, { method: "HEAD", cache: "no-store" });
      if (typed || isAsked) network(true);
      else again();
      return;
    }
  } catch {
    // Not yet.
  }
  network(false);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
  asking = setTimeout(ask, pause);
}

page.querySelector("[data-again]").addEventListener("click", again);
window.addEventListener("offline", ask);
window.addEventListener("online", () => {
  pause = FIRST_PAUSE;
  ask();
});
asking = setTimeout(ask, isAsked ? 0 : pause);

function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function start(who) {
  const fresh = { state: "held", version: "0", coaches: who, "steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0" };
  let draft;
  let rest; // what a draft has beside the fields of this page
  let isKept; // the vault has it
  let work = Promise.resolve(); // one after the other, so that an older text never lies on a newer one

  function begin(key = crypto.randomUUID(), data = new URLSearchParams({ ...fresh, date: today() })) {
    draft = key;
    rest = data;
    typed = false;
    isKept = data.has("company_name");
    for (const field of form.elements) {
      if (field.type === "radio") field.checked = data.get(field.name) === field.value;
      else if (field.name) field.value = data.get(field.name) ?? "";
    }
  }

  function body() {
    const data = new URLSearchParams(rest);
    for (const field of form.elements) data.delete(field.name);
    for (const [name, value] of new FormData(form)) data.append(name, value);
    return data.toString();
  }

  async function save() {
    // Somebody has signed out, or another has signed in, in another tab.
    if ((await person()) !== who) return location.reload();
    const kept = await keep(who, draft, { url: page.dataset.autosaveUrl.replace(NOBODY, draft), body: body() });
    state.textContent = kept ? state.dataset.kept : state.dataset.failed;
    state.classList.toggle("save-state--off", !kept);
  }

  function row({ draft: key, value }) {
    const made = queue.querySelector("template").content.cloneNode(true);
    const data = new URLSearchParams(value.body);
    const note = data.get("note") ?? "";
    const title = data.get("company_name") || note.slice(0, FIRST_WORDS) || form.dataset.nameless;
    const mark = (name) => made.querySelector(`[data-${name}]`);
    for (const place of made.querySelectorAll("[data-title]")) place.append(place.matches(".sr") ? ` ${title}` : title);
    mark("day").textContent = data.get("date") ?? "";
    mark("refused").hidden = mark("text").hidden = !value.refused;
    mark("text").textContent = note;
    // What was begun in the whole form has more in it than this page shows.
    mark("continue").hidden = !data.has("company_name");
    mark("continue").addEventListener("click", async () => {
      await work;
      begin(key, data);
      await show();
      form.elements.company_name.focus();
    });
    mark("discard").addEventListener("click", async ({ currentTarget }) => {
      if (!confirm(currentTarget.dataset.discard)) return;
      await forget(who, key);
      await show();
    });
    return made;
  }

  async function show() {
    const waiting = (await unsent(who)).filter((one) => one.draft !== draft);
    queue.querySelector("ul").replaceChildren(...waiting.map(row));
    queue.querySelector("[data-count]").textContent = waiting.length;
    queue.hidden = !waiting.length;
  }

  form.addEventListener("input", () => {
    typed = isKept = true;
    work = work.then(save);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await work;
    if (!isKept) return form.elements.company_name.focus();
    begin();
    await show();
    queue.querySelector("h2").focus();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") show();
  });
  begin();
  show();
}

person().then((who) => {
  page.querySelector("[data-nobody]").hidden = Boolean(who);
  page.querySelector("[data-somebody]").hidden = !who;
  if (who) start(who);
});
