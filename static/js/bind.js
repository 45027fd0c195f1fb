// Binding that also holds for what htmx brings in later.

/** Run `bind` once for every element that matches, now and whenever one arrives. */
export function everywhere(selector, bind) {
  const bound = new WeakSet();
  const find = (root) => {
    for (const node of [root, ...root.querySelectorAll(selector)]) {
      if (!node.matches(selector) || bound.has(node)) continue;
      bound.add(node);
      bind(node);
    }
  };
  find(document.documentElement);
  document.addEventListener("htmx:load", (event) => find(event.target));
}
