// <button data-reveal="input id">: shows and hides a password. It is hidden again before the form is sent.
import { everywhere } from "./bind.js";

everywhere("[data-reveal]", (button) => {
  const input = document.getElementById(button.dataset.reveal);
  const words = button.querySelector("[data-reveal-text]");
  const set = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    words.textContent = shown ? button.dataset.on : button.dataset.off;
  };
  button.addEventListener("click", () => set(input.type === "password"));
  input.form?.addEventListener("submit", () => set(false));
});
