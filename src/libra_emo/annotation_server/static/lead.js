// The lead's page: links of people, and who takes part.

import { post } from "./api.js";
import { takeOver } from "./forms.js";

const find = (id) => document.getElementById(id);
const { texts } = JSON.parse(find("page").textContent);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function showLink(link) {
  find("link-text").textContent = fill(texts.link_once, { name: link.name });
  find("link").textContent = location.origin + link.path;
  find("link-part").hidden = false;
  find("copied").textContent = "";
  find("link-part").scrollIntoView({ block: "nearest" });
  find("copy").focus();
}

find("copy").addEventListener("click", () => {
  getSelection().selectAllChildren(find("link")); // pages without encryption have no clipboard
  navigator.clipboard?.writeText(find("link").textContent)
    .then(() => { find("copied").textContent = texts.copied; }, () => {});
});

const actions = {
  link: async (person) => showLink(await post("/api/lead/links", { person })),
  revoke: async (person) => {
    const { revoked } = await post("/api/lead/revoke", { person });
    find("message").textContent = fill(texts.revoked, { count: revoked });
  },
  pause: async (person) => {
    await post("/api/lead/state", { person, active: false });
    location.reload();
  },
  resume: async (person) => {
    await post("/api/lead/state", { person, active: true });
    location.reload();
  },
};

let replaced = "";
actions.replace = async (person) => {
  replaced = person;
  find("replacing").showModal();
};

async function run(step) {
  find("message").textContent = "";
  try {
    await step();
  } catch (error) {
    find("message").textContent = fill(texts.failed, { reason: error.message });
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button[data-do]");
  if (button) run(() => actions[button.dataset.do](button.closest("tr").dataset.person));
});

takeOver(find("add"), () => {
  const person = { name: find("name").value, role: find("role").value };
  run(async () => showLink(await post("/api/lead/people", person)));
});

takeOver(find("replacement"), () => {
  find("replacing").close();
  const content = { person: replaced, name: find("new-name").value };
  run(async () => showLink(await post("/api/lead/replace", content)));
});
find("keep").addEventListener("click", () => find("replacing").close());

takeOver(find("find"), () => {
  run(async () => {
    const { path } = await post("/api/lead/clip", { clip_id: find("clip-id").value });
    location.assign(path);
  });
});
