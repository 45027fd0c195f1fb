// The door of a meeting: [data-tally] counts the pressed buttons anew, [data-find="list"] narrows the list while typing.
import { everywhere } from "./bind.js";

everywhere("[data-tally]", (tally) => {
  const place = tally.querySelector("[data-tally-here]");
  const drawn = () => document.querySelectorAll("[data-done] > [aria-pressed='true']").length;
  // Rows that a search leaves out are counted by the server: only the difference is ours.
  const others = Number(place.textContent) - drawn();
  document.addEventListener("marked", () => {
    place.textContent = String(others + drawn());
  });
});

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

everywhere("[data-find]", (form) => {
  const input = form.querySelector("input[type='search']");
  const list = document.getElementById(form.dataset.find);
  if (!list) return;
  input.addEventListener("input", () => {
    const words = plain(input.value).split(/\s+/);
    for (const row of list.children) {
      const name = plain(row.dataset.name ?? "");
      row.hidden = !words.every((word) => name.includes(word));
    }
  });
});
