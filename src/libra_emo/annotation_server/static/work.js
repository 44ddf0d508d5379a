// The page on which people work: one key saves an answer and goes to the next clip.

import { get, post, Refusal } from "./api.js";
import { drawId } from "./ids.js";
import { Outbox } from "./outbox.js";
import { Player } from "./player.js";
import { Tasks } from "./tasks.js";

const AGAIN_MS = 5000;
const find = (id) => document.getElementById(id);
const page = JSON.parse(find("page").textContent);
const texts = page.texts;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const buttons = [...document.querySelectorAll(".emotion")];
const outbox = await Outbox.open(page.person);
const tasks = new Tasks(page.campaign, outbox);
const player = new Player(find("stage"), () => say(texts.video_failed));
let began = "";
let busy = true;
let again = 0;

function say(text) { find("message").textContent = text; }

/** Suggest a break, beside the work and without stopping it. */
function remind(text) {
  find("break").querySelector("span").textContent = text;
  find("break").querySelector("button").hidden = !text;
}

function showCount() {
  const { answered, total } = tasks;
  find("count").textContent = fill(texts.answered_of, { answered, share: total });
}

outbox.addEventListener("change", ({ detail }) => {
  const parts = [];
  if (detail.waiting) parts.push(fill(texts.waiting_votes, { count: detail.waiting }));
  if (detail.refused) parts.push(fill(texts.refused_votes, { count: detail.refused }));
  if (detail.waiting && detail.trouble === "session") parts.push(texts.sign_in_again);
  find("saved").textContent = parts.join(". ") || texts.saved;
  find("saved").dataset.waiting = detail.waiting;
});

function showMore(answer) {
  find("second").value = answer?.second ?? "";
  find("certainty").value = answer?.certainty ?? "";
  find("note").value = answer?.note ?? "";
  find("other-person").checked = Boolean(answer?.other_person);
  find("distress").checked = Boolean(answer?.distress);
}

/** Return the name of an answer, without its key. */
function nameOf(label) {
  const name = buttons.find((button) => button.dataset.label === label)?.querySelector(".name");
  return [...(name?.childNodes ?? [])]
    .filter((node) => node.nodeName !== "KBD")
    .map((node) => node.textContent)
    .join("")
    .trim();
}

function show(task) {
  clearTimeout(again);
  showCount();
  showMore(task?.previous);
  buttons.forEach((button) => {
    button.disabled = !task;
    button.setAttribute("aria-pressed", String(task?.previous?.label === button.dataset.label));
  });
  const name = nameOf(task?.previous?.label);
  find("previous").textContent = name ? fill(texts.your_answer, { label: name }) : "";
  find("stage").dataset.token = task?.token ?? "";
  find("subtitle").textContent = task ? task.subtitle || texts.no_subtitle : "";
  find("caption").textContent = task?.subtitle ?? "";
  find("subtitle").lang = task?.language ?? "";
  find("translation-part").hidden = !task?.translation;
  find("translation").textContent = task?.translation ?? "";
  ["first", "second"].forEach((name, place) => {
    const part = find(`text-${name}`);
    if (part) part.textContent = task?.texts?.[place] ?? "";
  });
  find("finished").hidden = Boolean(task);
  find("work").hidden = !task;
  if (!task) {
    player.clear();
    say("");
    if (document.fullscreenElement) document.exitFullscreen();
    find("finished").focus(); // where screen readers go on
    return;
  }
  say("");
  began = new Date().toISOString();
  player.show(task, tasks.video(task));
  if (player.started) find("stage").focus({ preventScroll: true });
}

/** Do one thing at a time, and say it when the network is away. */
async function go(step) {
  if (busy) return;
  busy = true;
  try {
    await step();
  } catch (error) {
    fail(error, step);
  } finally {
    busy = false;
  }
}

function fail(error, step) {
  if (error instanceof Refusal && [401, 403].includes(error.status)) return say(texts.sign_in_again);
  if (error instanceof Refusal && error.status === 404) return say(texts.no_campaigns);
  if (error instanceof Refusal && error.status === 409) return location.assign("/"); // it says why
  say(texts.offline);
  buttons.forEach((button) => { button.disabled = true; });
  again = setTimeout(() => go(step), AGAIN_MS);
}

const next = async () => show(await tasks.next());
const advance = async () => show(await tasks.forward());

async function save(label, reason) {
  const task = tasks.current;
  const vote = {
    id: drawId(),
    task: task.token,
    label,
    reason,
    second: find("second").value || null,
    certainty: Number(find("certainty").value) || null,
    note: find("note").value,
    distress: find("distress").checked,
    other_person: find("other-person").checked,
    played_s: Math.round(player.played * 1000) / 1000,
    plays: player.plays,
    muted: player.wasMuted,
    began_at: began,
    answered_at: new Date().toISOString(),
  };
  await outbox.add(vote);
  tasks.finish(vote);
  find("last").textContent = fill(texts.last_answer, { label: nameOf(label) });
  if (page.feedback) await showFeedback(task.token);
  // the answer is kept; what may fail now is only the way to the next clip
  await advance().catch((error) => fail(error, advance));
}

/** Show what is known about a clip of a training; the answer is kept even if that fails. */
async function showFeedback(token) {
  try {
    await outbox.send();
    const known = await get(`/api/feedback/${token}`);
    find("feedback").className = known.right ? "right" : "wrong";
    find("feedback-title").textContent = known.right
      ? `✓ ${texts.feedback_right}` : `✗ ${texts.feedback_other}`;
    find("feedback-truth").textContent = fill(texts.feedback_truth, known);
    find("feedback-definition").textContent = known.definition;
    find("feedback-contrast").textContent = known.contrast;
    find("feedback").showModal();
    await new Promise((resolve) => find("feedback").addEventListener("close", resolve, { once: true }));
  } catch {
    say(texts.feedback_failed);
  }
}

function answer(label) {
  if (!tasks.current || busy) return;
  if (tasks.current.requires_full_play && !player.plays) return say(texts.play_first);
  if (label === page.other) find("reasons").showModal();
  else go(() => save(label, null));
}

const actions = {
  play: () => player.toggle(),
  replay: () => player.replay(),
  loop: (button) => button.setAttribute("aria-pressed", String(player.loop())),
  keys: () => find("all-keys").showModal(),
  "back-frame": () => player.step(-1),
  "next-frame": () => player.step(1),
  slower: () => { find("speed").textContent = `${player.change(-1)}×`; },
  faster: () => { find("speed").textContent = `${player.change(1)}×`; },
  mute: (button) => button.setAttribute("aria-pressed", String(player.mute())),
  "full-screen": () => player.fullScreen(),
  dismiss: () => remind(""),
  compare: () => find("contrasts").showModal(),
  back: () => go(async () => { const task = await tasks.back(); if (task) show(task); }),
  forward: () => go(advance),
  skip: () => go(async () => {
    if (!tasks.current) return;
    if (!tasks.current.previous) await post("/api/skip", { task: tasks.current.token });
    await next();
  }),
};

function start() {
  player.started = true;
  find("start").hidden = true;
  find("start-hint").hidden = true;
  player.play();
  find("stage").focus({ preventScroll: true });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.id === "start") start();
  if (button.dataset.label) answer(button.dataset.label);
  if (button.dataset.action) actions[button.dataset.action](button);
  if (button.dataset.reason !== undefined) {
    find("reasons").close();
    if (button.dataset.reason) go(() => save(page.other, button.dataset.reason));
  }
});

/** Go from the fields back to the clip, where single keys answer. */
function leaveMore() {
  find("more").open = false;
  find("stage").focus({ preventScroll: true });
}

find("more").addEventListener("toggle", () => {
  if (find("more").open) find("more").querySelector("select:not([hidden])").focus();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !find("shortcuts").checked) return;
  if (event.repeat && ![",", "."].includes(event.key)) return;
  if (event.key === "Escape" && event.target.closest("#more")) return leaveMore();
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  if (event.key === " " && event.target.closest("button, summary, input, a")) return;
  const place = document.querySelector("dialog[open]") ?? document;
  const key = event.key.toLowerCase();
  const button = [...place.querySelectorAll("[data-key]")].find(
    (each) => each.dataset.key.toLowerCase() === key && (place !== document || !each.closest("dialog")),
  );
  if (!button || button.disabled) return;
  event.preventDefault();
  button.click();
});

find("shortcuts").checked = localStorage.getItem("shortcuts") !== "off";
find("shortcuts").addEventListener("change", ({ target }) => {
  localStorage.setItem("shortcuts", target.checked ? "on" : "off");
});
addEventListener("online", () => { if (!tasks.current) go(next); });
setInterval(() => remind(texts.take_a_break), page.break_minutes * 60_000);
if (page.muted) document.querySelector('[data-action="mute"]').click();
outbox.send();
busy = false;
go(async () => { await tasks.begin(); await next(); });
