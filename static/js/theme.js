// <form data-theme-form>: the choice shows at once and is kept in a cookie by the server, which writes
// <html data-theme> on the next page, so that nothing flashes.
import { send } from "./server.js";

for (const form of document.querySelectorAll("[data-theme-form]")) {
  form.addEventListener("submit", (event) => {
    const chosen = event.submitter?.value;
    if (!chosen) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    for (const button of form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    }
    // Without network the choice lasts for this page only.
    send(form.action, data).catch(() => {});
  });
}
