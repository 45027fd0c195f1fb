// Says that scripts run, before anything else: .js-only parts show at once and nothing jumps.
document.documentElement.classList.add("js");
