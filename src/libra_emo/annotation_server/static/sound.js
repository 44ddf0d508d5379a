// The sound check: the person counts tones; each attempt has others.

import { post } from "./api.js";
import { takeOver } from "./forms.js";

const find = (id) => document.getElementById(id);
const { texts, to } = JSON.parse(find("page").textContent);
const attempt = () => Math.floor(Math.random() * 1_000_000);
let current = attempt();
let sound = null;

function say(text) { find("message").textContent = text; }

async function check(answer) {
  const { passed } = await post("/api/sound-check", { attempt: current, answer });
  if (passed) return location.assign(to);
  current = attempt();
  sound = null;
  find("answer").value = "";
  say(texts.wrong_count);
}

find("play").addEventListener("click", () => {
  say("");
  sound ??= new Audio(`/media/tones/${current}`);
  sound.currentTime = 0;
  sound.play().then(() => find("answer").focus(), () => say(texts.no_sound_played));
});
takeOver(find("count"), () => {
  check(Number(find("answer").value)).catch(() => say(texts.offline));
});
find("without").addEventListener("click", () => check(null).catch(() => say(texts.offline)));
