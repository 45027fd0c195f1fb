// <form data-done="receipt"> around one pressed/unpressed button: posts done=1 or done=0 and can be taken back.
import { send } from "./server.js";
import { toast } from "./toast.js";

async function set(form, on) {
  const button = form.querySelector("button");
  const data = new FormData(form);
  data.set("done", on ? "1" : "0");
  draw(form, on);
  button.setAttribute("aria-busy", "true");
  let ok = false;
  try {
    ({ ok } = await send(form.action, data));
  } catch {
    // No network: told below like every other failure.
  }
  button.removeAttribute("aria-busy");
  if (!ok) draw(form, !on);
  return ok;
}

function draw(form, on) {
  form.querySelector("button").setAttribute("aria-pressed", String(on));
  form.elements.done.value = on ? "0" : "1";
  form.closest("[data-row]")?.classList.toggle("is-done", on);
}

function complain(form, failed) {
  form.closest("[data-row]")?.querySelector("[data-done-failed]")?.remove();
  if (!failed) return;
  const words = document.createElement("p");
  words.className = "field__error";
  words.dataset.doneFailed = "";
  words.setAttribute("role", "alert");
  words.textContent = form.dataset.failed;
  (form.nextElementSibling ?? form.parentElement).append(words);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-done]")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.hasAttribute("aria-busy")) return;
  const on = button.getAttribute("aria-pressed") !== "true";
  const ok = await set(form, on);
  complain(form, !ok);
  if (!ok || !on) return;
  toast(form.dataset.done, {
    label: form.dataset.undo,
    run: async () => {
      complain(form, !(await set(form, false)));
      button.focus();
    },
  });
});
