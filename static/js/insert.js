// <button data-insert-template="note id"> puts the chosen <option data-text> of [data-template-choice] into a text box.
// It fills an empty note and never overwrites text.
for (const button of document.querySelectorAll("[data-insert-template]")) {
  button.addEventListener("click", () => {
    const note = document.getElementById(button.dataset.insertTemplate);
    const choice = button.closest("[data-templates]")?.querySelector("[data-template-choice]");
    const text = choice?.selectedOptions[0]?.dataset.text?.replaceAll("|", "\n") ?? "";
    if (!text) return;
    note.value = note.value.trim() ? `${note.value.trimEnd()}\n\n${text}` : text;
    note.focus();
    note.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
