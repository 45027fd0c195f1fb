// <nav class="tabs">: where the tabs are wider than the screen, the one that is open is brought into sight.
import { everywhere } from "./bind.js";

everywhere(".tabs [aria-current]", (open) => {
  const tabs = open.closest(".tabs");
  // By hand, since scrollIntoView may move the page as well.
  tabs.scrollLeft = open.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - open.offsetWidth) / 2;
});
