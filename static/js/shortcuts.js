// <dialog data-shortcuts="address of the form" data-shortcuts-on="yes">: c logs a session, ? lists the keys, g and a letter
// goes to a page. Never while typing, and never for those who have switched it off in their settings.
const GO_WITHIN = 1500;
const dialog = document.querySelector("[data-shortcuts]");

if (dialog?.dataset.shortcutsOn) {
  let leader = -Infinity;

  const isTyping = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const afterLeader = event.timeStamp - leader < GO_WITHIN;
    leader = -Infinity;
    if (afterLeader) {
      const link = dialog.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) location.assign(link.href);
    } else if (event.key === "g") {
      leader = event.timeStamp;
    } else if (event.key === "c" && dialog.dataset.shortcuts) {
      location.assign(dialog.dataset.shortcuts);
    } else if (event.key === "?") {
      dialog.showModal();
    }
  });
}
