// Every module finds its elements through data- attributes and leaves the page usable without it.
import "./theme.js";
import "./menu.js";
import "./dialog.js";
import "./palette.js";
import "./typeahead.js";
import "./autosave.js";
import "./insert.js";
import "./repeat.js";
import "./once.js";
import "./done.js";
import "./toast.js";
import "./more.js";
import "./reveal.js";
import "./shortcuts.js";
import "./tables.js";
import "./errors.js";
import "./recover.js";

document.documentElement.classList.add("js");
