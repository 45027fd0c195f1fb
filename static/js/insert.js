// <button data-insert-template="note id"> puts the chosen <option data-text> of [data-template-choice] into a text box.
// It fills an empty note and never overwrites text.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert-template]");
  if (!button) return;
  const note = document.getElementById(button.dataset.insertTemplate);
  const choice = button.closest("[data-templates]").querySelector("[data-template-choice]");
  const text = choice.selectedOptions[0]?.dataset.text?.replaceAll("|", "\n") ?? "";
  if (!text) return;
  note.value = note.value.trim() ? `${note.value.trimEnd()}\n\n${text}` : text;
  note.focus();
  note.dispatchEvent(new Event("input", { bubbles: true }));
});
