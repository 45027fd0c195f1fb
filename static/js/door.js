// The door of a meeting, which works without network too. It comes with the pages that need it; other pages fetch it when
// taps wait (see recover.js). form[data-here] is one tap in or back; [data-door] says how many taps wait and why;
// [data-tally-here] counts who is here; [data-find="list"] narrows the list while typing; what has data-online needs network.
import { drop, flush, hindrance, tap, taps, waits } from "./taps.js";
import { toast } from "./toast.js";

const LOOK = 60_000;
const host = document.querySelector("[data-toasts]");
const line = document.querySelector("[data-door]");
const tally = document.querySelector("[data-tally-here]");
const search = document.querySelector("[data-find]");
const list = search && document.getElementById(search.dataset.find);

const formOf = (address) => document.querySelector(`form[data-here][action="${address}"]`);
const buttonOf = (row) => row.querySelector("form[data-here] button");
const isOn = (button) => button.getAttribute("aria-pressed") === "true";
const drawnIn = (rows) => rows.querySelectorAll("form[data-here] > [aria-pressed='true']").length;
const clock = (at) => new Date(at).toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" });

// Rows that a search leaves out are counted by the server: only the difference is ours.
let others = tally && list ? Number(tally.textContent) - drawnIn(list) : 0;

function count() {
  if (tally && list) tally.textContent = String(others + drawnIn(list));
  if (!line) return;
  const waiting = [...taps.values()].filter(waits).length;
  const needsSignIn = hindrance.is === "sign-in";
  const words = waiting ? line.dataset[needsSignIn ? "signIn" : "waits"].replace("{n}", waiting) : "";
  const text = line.querySelector("[data-words]");
  if (text.textContent !== words) text.textContent = words;
  line.querySelector("a").hidden = !waiting || !needsSignIn;
}

function note(row, kind, words, address) {
  const old = row.querySelector("[data-note]");
  if (old && old.firstChild.data === words) return;
  old?.remove();
  if (!words) return;
  const place = document.createElement("p");
  place.dataset.note = kind;
  place.append(words);
  if (kind === "refused") {
    place.className = "field__error";
    const seen = document.createElement("button");
    seen.type = "button";
    seen.className = "btn btn--quiet btn--sm";
    seen.textContent = host.dataset.seen;
    seen.addEventListener("click", () => {
      buttonOf(row).focus();
      drop(address);
    });
    place.setAttribute("role", "alert");
    place.append(seen);
  }
  row.append(place);
}

function set(form, on, words) {
  const button = form.querySelector("button");
  button.setAttribute("aria-pressed", String(on));
  if (words) button.querySelector("[data-since]").textContent = words;
  form.elements.done.value = on ? "0" : "1";
}

/** Draw a row as its tap stands, or as the server has answered. */
function draw(address, answer) {
  const form = formOf(address);
  if (!form) return;
  const one = taps.get(address);
  const row = form.closest("[data-row]");
  if (one) set(form, one.words ? !one.on : one.on, line.dataset.since.replace("{time}", clock(one.at)));
  else if (answer) set(form, answer.here, answer.words);
  form.querySelector("button").toggleAttribute("aria-busy", false);
  if (one && !one.words && !waits(one)) form.querySelector("button").setAttribute("aria-busy", "true");
  if (one?.words) note(row, "refused", one.words, address);
  else note(row, "waits", one && waits(one) && line.dataset.waitsHere);
}

/** What was refused, or has been sent, and has no row here is told all the same. */
function tellElsewhere(address, answer) {
  if (answer && !formOf(address)) toast(answer.receipt);
  const refused = !address && [...taps].find(([at, one]) => one.words && !formOf(at));
  if (refused) toast(refused[1].words, { label: host.dataset.seen, run: () => drop(refused[0]) });
}

let changes = 0;
let wasAway = false;
document.addEventListener("tap", ({ detail: { address, answer } }) => {
  changes += 1;
  for (const each of address ? [address] : taps.keys()) draw(each, answer);
  tellElsewhere(address, answer);
  count();
  if (address) return;
  if (wasAway && !hindrance.is) look();
  wasAway = Boolean(hindrance.is);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-here]")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  const address = form.getAttribute("action");
  const on = !isOn(button);
  tap(address, on);
  if (!on) return;
  toast(form.dataset.here, {
    label: line.dataset.undo,
    run: () => {
      tap(address, false);
      button.focus();
    },
  });
});

// --- What other phones have done -----------------------------------------------------------------

async function look() {
  if (!list || document.hidden || !navigator.onLine) return;
  const before = changes;
  let page;
  try {
    const answer = await fetch(location.href, { redirect: "error" });
    if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    // No network, or signed out: the taps say so.
  }
  const fresh = page?.getElementById(list.id);
  if (!fresh || changes !== before) return;
  others = Number(page.querySelector("[data-tally-here]").textContent) - drawnIn(fresh);
  const known = new Set([...fresh.children].map((row) => row.id));
  for (const row of [...list.children]) {
    if (!known.has(row.id) && !taps.has(row.querySelector("form").getAttribute("action"))) row.remove();
  }
  let last = null;
  for (const row of [...fresh.children]) {
    const mine = document.getElementById(row.id);
    const button = buttonOf(row);
    if (!mine) list.insertBefore(row, last ? last.nextSibling : list.firstChild);
    else if (!taps.has(button.form.getAttribute("action")))
      set(buttonOf(mine).form, isOn(button), button.querySelector("[data-since]").textContent);
    last = mine ?? row;
  }
  narrow();
  count();
}

setInterval(look, LOOK);
window.addEventListener("online", look);
document.addEventListener("visibilitychange", look);

// --- Searching, and what needs the network -------------------------------------------------------

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

function narrow() {
  const words = plain(search.querySelector("input[type='search']").value).split(/\s+/);
  for (const row of list.children) {
    const name = plain(row.dataset.name ?? "");
    row.hidden = !words.every((word) => name.includes(word));
  }
}

if (list) search.addEventListener("input", narrow);

// Heard on the way down, before once.js counts the tap and recover.js wipes the vault.
const early = (kind, listener) => document.addEventListener(kind, listener, true);

function refuse(event, wish) {
  if (!wish || (navigator.onLine && hindrance.is !== "network")) return;
  event.preventDefault();
  event.stopPropagation();
  toast(wish.dataset.online);
  flush();
}

early("click", (event) => refuse(event, event.target.closest("a[data-online]")));
early("submit", (event) => refuse(event, event.target.closest("form[data-online]")));
