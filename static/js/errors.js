// <div data-error-summary>: after a failed submit the summary has focus, and its links go into the field.
const summary = document.querySelector("[data-error-summary]");

if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.closest("details:not([open])")?.setAttribute("open", "");
    field.focus();
    field.closest(".field")?.scrollIntoView({ block: "start" });
  });
}
