// <form data-once>: the second tap on a submit button does nothing while the first is on its way.
// The button stays enabled and readable; coming back by the back button makes it work again.
const going = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (going.has(form)) {
    event.preventDefault();
    return;
  }
  // Another listener may still stop this submit; then nothing is on its way.
  queueMicrotask(() => {
    if (event.defaultPrevented) return;
    going.add(form);
    event.submitter?.setAttribute("aria-busy", "true");
  });
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    going.delete(form);
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});
