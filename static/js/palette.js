// <dialog data-palette="address">: Ctrl+K or Cmd+K opens it, the server finds, arrows move, the count is read aloud.
import { fragment } from "./server.js";

const PAUSE = 150;
const palette = document.querySelector("[data-palette]");

if (palette) {
  const input = palette.querySelector("input");
  const status = palette.querySelector("[role='status']");
  const results = palette.querySelector("[data-palette-results]");
  const commands = palette.querySelector("[data-palette-commands]");
  let timer;
  let asking = new AbortController();

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (palette.open) palette.close();
      else palette.showModal();
    }
  });

  // The commands are few and known: they are filtered here, at once.
  function filterCommands(query) {
    const wanted = query.toLocaleLowerCase("sv");
    for (const link of commands.querySelectorAll("a")) {
      link.closest("li").hidden = !link.textContent.toLocaleLowerCase("sv").includes(wanted);
    }
    for (const group of commands.querySelectorAll("ul")) {
      const empty = !group.querySelector("li:not([hidden])");
      group.hidden = empty;
      group.previousElementSibling.hidden = empty;
    }
  }

  async function find(query) {
    asking.abort();
    asking = new AbortController();
    if (!query) {
      results.replaceChildren();
      status.textContent = "";
      return;
    }
    try {
      const found = await fragment(palette.dataset.palette, query, asking.signal);
      status.classList.add("sr");
      status.textContent = found?.dataset.status ?? "";
      results.replaceChildren(...(found?.childNodes ?? []));
    } catch (error) {
      if (error.name === "AbortError") return;
      results.replaceChildren();
      status.classList.remove("sr");
      status.textContent = status.dataset.failed;
    }
  }

  input.addEventListener("input", () => {
    const query = input.value.trim();
    filterCommands(query);
    clearTimeout(timer);
    timer = setTimeout(find, PAUSE, query);
  });

  palette.addEventListener("keydown", (event) => {
    const links = [...palette.querySelectorAll("li:not([hidden]) a")];
    // A search box would take the first Escape for itself, to empty the text.
    if (event.key === "Escape") {
      event.preventDefault();
      palette.close();
    }
    if (event.key === "Enter" && event.target === input && links.length) {
      event.preventDefault();
      links[0].click();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const stops = [input, ...links];
    const step = event.key === "ArrowDown" ? 1 : -1;
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  });

  palette.addEventListener("close", () => {
    input.value = "";
    filterCommands("");
    find("");
  });
}
