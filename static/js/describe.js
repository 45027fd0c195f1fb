// The readable page of the open interface: Swagger UI, which is loaded before this module runs.
const place = document.querySelector("[data-describe]");

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
