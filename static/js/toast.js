// Receipts in [data-toasts]. They go after ten seconds, but never while somebody points at them or stands in them.
import { everywhere } from "./bind.js";

const LIFE = 10_000;
const host = document.querySelector("[data-toasts]");

function live(box) {
  let timer;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => box.remove(), LIFE);
  };
  const stop = () => clearTimeout(timer);
  box.addEventListener("pointerenter", stop);
  box.addEventListener("focusin", stop);
  box.addEventListener("pointerleave", start);
  box.addEventListener("focusout", start);
  box.querySelector("[data-toast-close]")?.addEventListener("click", () => box.remove());
  start();
}

/** Show a receipt; `undo` is {label, run} when the deed can be taken back. */
export function toast(text, undo) {
  if (!host) return;
  const box = document.createElement("div");
  const words = document.createElement("span");
  box.className = "toast";
  words.textContent = text;
  box.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = undo.label;
    button.addEventListener("click", () => {
      box.remove();
      undo.run();
    });
    box.append(button);
  }
  host.replaceChildren(box);
  live(box);
}

everywhere("[data-toast]", live);
