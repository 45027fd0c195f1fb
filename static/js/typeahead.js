// <select data-typeahead data-typeahead-url="…">: an ordinary list without script, an ARIA combobox with it.
// The server answers <ul data-status="2 förslag"> with <li role="option" data-value data-label>; the choice is put
// back into the select, which sends the form's value and fires "change". Without an address, its own options are searched.
// data-typed="words" stand in the box from the beginning, and are searched for when somebody goes there.
import { everywhere } from "./bind.js";
import { fragment } from "./server.js";

const PAUSE = 150;
const MOST = 8;
const fold = (text) => text.toLocaleLowerCase("sv").replace(/[\s-]/g, "");

function localOptions(select, query) {
  const list = document.createElement("ul");
  const hits = [...select.options].filter((one) => one.value && fold(one.text).includes(fold(query)));
  for (const one of hits.slice(0, MOST)) {
    const item = document.createElement("li");
    item.className = "option";
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.value = one.value;
    item.dataset.label = one.text;
    item.textContent = one.text;
    list.append(item);
  }
  list.dataset.status = String(hits.length);
  return list;
}

function combobox(select) {
  const input = document.createElement("input");
  input.type = "text";
  input.className = select.className;
  input.id = select.id;
  input.autocomplete = "off";
  input.spellcheck = false;
  input.value = select.selectedOptions[0]?.value ? select.selectedOptions[0].text : (select.dataset.typed ?? "");
  input.placeholder = select.dataset.placeholder ?? "";
  for (const name of ["aria-describedby", "aria-invalid", "required"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", `${select.id}_list`);
  return input;
}

function enhance(select) {
  const input = combobox(select);
  const holder = document.createElement("div");
  const list = document.createElement("ul");
  const status = document.createElement("p");
  const address = select.dataset.typeaheadUrl;
  let active = -1;
  let timer;
  let asking = new AbortController();

  holder.className = "typeahead";
  list.id = `${select.id}_list`;
  list.className = "typeahead__list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", select.labels[0]?.textContent.trim() ?? "");
  list.hidden = true;
  status.className = "sr";
  status.setAttribute("role", "status");
  // The label follows the id to the text box; the select keeps the value and the name.
  select.id += "_value";
  select.hidden = true;
  select.required = false;
  select.before(holder);
  holder.append(input, list, status, select);

  const items = () => [...list.children];

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) input.removeAttribute("aria-activedescendant");
    active = -1;
  }

  function fill(found) {
    list.replaceChildren(...(found?.children ?? []));
    items().forEach((item, index) => {
      item.id = `${list.id}_${index}`;
    });
    status.textContent = found?.dataset.status ?? "";
    show(items().length > 0 && document.activeElement === input);
  }

  async function find() {
    const query = input.value.trim();
    asking.abort();
    asking = new AbortController();
    if (!query) return show(false);
    if (!address) return fill(localOptions(select, query));
    try {
      return fill(await fragment(address, query, asking.signal));
    } catch (error) {
      // Without network the person's own companies, which came with the page, can still be chosen.
      if (error.name !== "AbortError") fill(localOptions(select, query));
    }
  }

  function move(step) {
    if (list.hidden || !items().length) return;
    active = (active + step + items().length) % items().length;
    items().forEach((item, index) => item.setAttribute("aria-selected", String(index === active)));
    input.setAttribute("aria-activedescendant", items()[active].id);
    items()[active].scrollIntoView({ block: "nearest" });
  }

  function put(value, label) {
    let option = [...select.options].find((one) => one.value === value);
    if (!option) {
      option = new Option(label, value);
      select.append(option);
    }
    option.selected = true;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    select.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function choose(item) {
    input.value = item.dataset.label;
    show(false);
    put(item.dataset.value, item.dataset.label);
  }

  // Text that no longer names the chosen thing is no choice: the form must not send the old one unseen.
  function unchoose() {
    const chosen = select.selectedOptions[0];
    if (chosen?.value && chosen.text !== input.value && chosen.label !== input.value) {
      if (![...select.options].some((one) => one.value === "")) select.prepend(new Option("", ""));
      select.value = "";
    }
  }

  input.addEventListener("input", () => {
    unchoose();
    clearTimeout(timer);
    timer = setTimeout(find, address ? PAUSE : 0);
  });
  if (select.dataset.typed) input.addEventListener("focus", find, { once: true });
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) find();
    else if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape" && !list.hidden) show(false);
    else if (event.key === "Enter" && active >= 0) choose(items()[active]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const item = event.target.closest("[role='option']");
    if (item) choose(item);
  });
}

everywhere("select[data-typeahead]", enhance);
