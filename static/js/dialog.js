// data-dialog-open="id" opens a <dialog>; without script it is a link to a page that does the same.
// data-dialog-close closes it; so does a click on the backdrop. Focus goes back to the opener.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  const dialog = opener && document.getElementById(opener.dataset.dialogOpen);
  if (dialog) {
    event.preventDefault();
    opener.closest("details")?.removeAttribute("open");
    opener.closest("[popover]")?.matches(":popover-open") && opener.closest("[popover]").hidePopover();
    dialog.showModal();
    return;
  }
  event.target.closest("[data-dialog-close]")?.closest("dialog").close();
  if (event.target.matches?.("dialog[open]")) event.target.close();
});
