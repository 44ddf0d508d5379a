// The page of one clip in an adjudication: a blind answer, then discussion and decision.

import { post } from "./api.js";
import { markFace } from "./face.js";
import { takeOver } from "./forms.js";
import { drawId } from "./ids.js";

const find = (id) => document.getElementById(id);
const { boxes, ...page } = JSON.parse(find("page").textContent);
const { failed } = JSON.parse(find("texts").textContent);
const video = find("video");
const began = new Date().toISOString();
let plays = 0;
let heard = false;
markFace(find("face"), boxes, 0);
video.addEventListener("timeupdate", () => {
  markFace(find("face"), boxes, video.currentTime);
  if (!video.paused && !video.muted && video.volume > 0) heard = true;
});
video.addEventListener("seeked", () => { if (video.loop && video.currentTime < 0.1) plays += 1; });

function sumPlayed() {
  let seconds = 0;
  for (let place = 0; place < video.played.length; place += 1) {
    seconds += video.played.end(place) - video.played.start(place);
  }
  return Math.round(seconds * 1000) / 1000;
}

/** Send what a form holds, and show the page anew; the id stays until it has arrived. */
function listen(form, send) {
  if (!find(form)) return;
  const id = drawId();
  takeOver(find(form), async (button) => {
    button.disabled = true;
    try {
      await send(id);
      location.reload();
    } catch (error) {
      find("message").textContent = failed.replace("{reason}", error.message);
      button.disabled = false;
    }
  });
}

listen("blind", async (id) => {
  const label = find("blind-label").value;
  const other = label === find("blind").dataset.other;
  const vote = {
    id,
    task: page.task,
    label,
    reason: other ? find("reason").value || "other_reason" : null,
    note: find("note").value,
    played_s: sumPlayed(),
    plays,
    muted: !heard,
    began_at: began,
    answered_at: new Date().toISOString(),
  };
  const { refused } = await post("/api/votes", { votes: [vote] });
  if (refused.length) throw new Error(refused[0].why);
});
listen("say", (id) => post("/api/adjudicate/message", { ...page, id, text: find("text").value }));
listen("decide", (id) =>
  post("/api/adjudicate/decision", {
    ...page, id, label: find("label").value, text: find("why-label").value,
  }));
