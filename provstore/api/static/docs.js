"use strict";

// No validatorUrl: Swagger UI would otherwise load a badge from a host of its makers.
window.SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#interface",
  deepLinking: true,
  validatorUrl: null,
});
