// The readable page of the open interface: Swagger UI, which is loaded before this module runs.
const place = document.querySelector("[data-describe]");

// Its own dark colours hang on a class; ours on the person's choice, or else on the system's.
const { classList, dataset } = document.documentElement;
const isSystemDark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => classList.toggle("dark-mode", (dataset.theme ?? (isSystemDark.matches ? "dark" : "light")) === "dark");
isSystemDark.addEventListener("change", follow);
follow();

window.SwaggerUIBundle({
  url: place.dataset.describe,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  validatorUrl: null,
});
