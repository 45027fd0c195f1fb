// <fieldset data-repeat="prefix"> holds [data-repeat-list] of rows, a <template> whose names and ids say __prefix__,
// [data-repeat-add], and a Django formset's management form. data-repeat-name="Nästa steg {n}" words each legend.
import { everywhere } from "./bind.js";

const DIGITS = /-(\d+|__prefix__)-/;

function renumber(row, index) {
  for (const node of row.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const name of ["name", "id", "for", "aria-describedby"]) {
      if (node.hasAttribute(name)) node.setAttribute(name, node.getAttribute(name).replaceAll(new RegExp(DIGITS, "g"), `-${index}-`));
    }
  }
}

function enhance(group) {
  const prefix = group.dataset.repeat;
  const list = group.querySelector("[data-repeat-list]");
  const template = group.querySelector("template");
  const add = group.querySelector("[data-repeat-add]");
  const total = group.closest("form").elements[`${prefix}-TOTAL_FORMS`];
  const rows = () => [...list.children];
  const remover = (row) => row.querySelector(`[name$="-DELETE"]`);
  const shown = () => rows().filter((row) => !row.hidden);

  function count() {
    if (total) total.value = String(rows().length);
    shown().forEach((row, index) => {
      const words = (group.dataset.repeatName ?? "{n}").replace("{n}", String(index + 1));
      const legend = row.querySelector("legend");
      if (legend) legend.textContent = words;
      const remove = row.querySelector("[data-repeat-remove] .sr");
      if (remove) remove.textContent = `${group.dataset.repeatRemove ?? ""} ${words.toLocaleLowerCase("sv")}`.trim();
    });
  }

  add?.addEventListener("click", () => {
    const row = template.content.firstElementChild.cloneNode(true);
    renumber(row, rows().length);
    list.append(row);
    count();
    row.querySelector("input:not([type='hidden']), select, textarea")?.focus();
    group.dispatchEvent(new Event("input", { bubbles: true }));
  });

  group.addEventListener("click", (event) => {
    const row = event.target.closest("[data-repeat-remove]")?.closest("[data-repeat-list] > *");
    if (!row) return;
    const mark = remover(row);
    const isStored = row.querySelector(`[name$="-id"]`)?.value;
    if (mark && isStored) {
      // A row that the server knows stays in the form, marked for removal.
      if (mark.type === "checkbox") mark.checked = true;
      else mark.value = "on";
      row.hidden = true;
    } else {
      row.remove();
      rows().forEach(renumber);
    }
    count();
    add?.focus();
    group.dispatchEvent(new Event("input", { bubbles: true }));
  });

  count();
}

// Parts of a form that the server has drawn anew are wired like those that came with the page.
everywhere("[data-repeat]", enhance);
