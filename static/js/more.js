// <a data-more="list id">: after "Visa fler" has added rows, focus goes to the first new one instead of getting lost.
let before = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  const list = document.getElementById(event.target.dataset?.more ?? "");
  before = list && { list, count: list.children.length };
});

document.addEventListener("htmx:afterSettle", () => {
  if (!before) return;
  const fresh = before.list.children[before.count];
  fresh?.querySelector("a, button")?.focus();
  before = null;
});
