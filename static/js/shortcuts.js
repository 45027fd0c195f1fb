// c logs a session, ? lists the keys, g and a letter goes to a page. Never while typing, and can be switched off:
// by the person's settings on the server (no [data-shortcuts] dialog says off) or here for this device.
const KEY = "coachnet-shortcuts";
const GO_WITHIN = 1000;
const dialog = document.querySelector("[data-shortcuts]");

function stored() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

if (dialog) {
  const box = dialog.querySelector("[data-shortcuts-switch]");
  let on = stored();
  let leader = -Infinity;
  box.checked = on;
  box.addEventListener("change", () => {
    on = box.checked;
    try {
      localStorage.setItem(KEY, on ? "on" : "off");
    } catch {
      // Storage can be blocked; the choice lasts for this page.
    }
  });

  const isTyping = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;

  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
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
