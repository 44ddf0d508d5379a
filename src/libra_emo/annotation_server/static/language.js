// The button that changes the language of the pages.

import { post } from "./api.js";

const button = document.getElementById("language");
button.addEventListener("click", async () => {
  await post("/api/language", { language: button.dataset.language });
  location.reload();
});
