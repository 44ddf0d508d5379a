// The clip on the stage: it plays in a loop, with sound once the person has started; how much was
// played is counted.

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
const FRAME_SECONDS = 1 / 24;

/** Return a video that loads already, for a clip that comes soon. */
export function preload(task) {
  const video = document.createElement("video");
  video.preload = "auto";
  video.playsInline = true;
  video.src = task.video;
  return video;
}

/** Plays one clip after the other on the stage. */
export class Player {
  #stage;
  #face;
  #video = null;
  #boxes = [];
  #last = 0;
  muted = false;
  speed = 1;
  started = false;

  constructor(stage, onFailure) {
    this.#stage = stage;
    this.#face = stage.querySelector("#face");
    this.onFailure = onFailure;
  }

  /** Put a clip on the stage and play it. */
  show(task, video) {
    this.clear();
    this.#video = video;
    this.#boxes = task.face?.boxes ?? [];
    this.played = 0;
    this.plays = 0;
    this.wasMuted = this.muted;
    video.addEventListener("timeupdate", this.#count);
    video.addEventListener("ended", this.#ended);
    video.addEventListener("error", this.onFailure);
    this.#stage.prepend(video);
    video.muted = this.muted;
    video.playbackRate = this.speed;
    if (video.error) this.onFailure();
    if (this.started) this.play();
  }

  clear() {
    if (!this.#video) return;
    this.#video.pause();
    for (const [name, handler] of [
      ["timeupdate", this.#count],
      ["ended", this.#ended],
      ["error", this.onFailure],
    ]) this.#video.removeEventListener(name, handler);
    this.#video.removeAttribute("src");
    this.#video.load();
    this.#video.remove();
    this.#video = null;
    this.#face.hidden = true;
  }

  play() { this.#video?.play().catch(() => {}); }

  toggle() {
    if (this.#video?.paused) this.play();
    else this.#video?.pause();
  }

  step(frames) {
    if (!this.#video) return;
    this.#video.pause();
    this.#video.currentTime = Math.max(0, this.#video.currentTime + frames * FRAME_SECONDS);
  }

  change(steps) {
    const place = SPEEDS.indexOf(this.speed) + steps;
    this.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, place))];
    if (this.#video) this.#video.playbackRate = this.speed;
    return this.speed;
  }

  mute() {
    this.muted = !this.muted;
    if (this.#video) this.#video.muted = this.muted;
    this.wasMuted &&= this.muted;
    return this.muted;
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.#stage.requestFullscreen?.();
  }

  #count = () => {
    const now = this.#video.currentTime;
    const step = now - this.#last;
    if (!this.#video.paused && step > 0 && step < 1) this.played += step;
    this.#last = now;
    this.#mark(now);
  };

  #ended = () => {
    this.plays += 1;
    this.#last = 0;
    this.#video.currentTime = 0;
    this.play();
  };

  /** Frame the face of the person meant, where it was seen last. */
  #mark(now) {
    const box = this.#boxes.findLast(([second]) => second <= now + 0.2);
    this.#face.hidden = !box;
    if (!box) return;
    const [, top, right, bottom, left] = box;
    this.#face.style.top = `${100 * top}%`;
    this.#face.style.left = `${100 * left}%`;
    this.#face.style.width = `${100 * (right - left)}%`;
    this.#face.style.height = `${100 * (bottom - top)}%`;
  }
}
