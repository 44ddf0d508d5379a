// The clip on the stage: it plays in a loop, with sound once the person has started; how much was
// played is counted.

import { markFace } from "./face.js";

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
const USUAL_FRAME = 1 / 24; // seconds, until two frames of the clip were seen
const LONGEST_FRAME = 0.5;

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
  #picture;
  #face;
  #video = null;
  #boxes = [];
  #last = 0;
  #frame = null; // length of a frame
  #shown = null; // time of the frame that is seen
  muted = false;
  loops = true;
  speed = 1;
  started = false;

  constructor(stage, onFailure) {
    this.#stage = stage;
    this.#picture = stage.querySelector("#picture");
    this.#face = stage.querySelector("#face");
    this.onFailure = onFailure;
  }

  /** Put a clip on the stage and play it. */
  show(task, video) {
    this.clear();
    this.#video = video;
    this.#boxes = task.face?.boxes ?? [];
    this.#last = 0;
    this.#frame = this.#shown = null;
    this.played = 0;
    this.plays = 0;
    this.wasMuted = this.muted;
    for (const [name, handler] of this.#handlers()) video.addEventListener(name, handler);
    this.#picture.prepend(video);
    this.#fit();
    this.#watchFrames(video);
    video.muted = this.muted;
    video.playbackRate = this.speed;
    if (video.error) this.onFailure();
    if (this.started) this.play();
  }

  clear() {
    if (!this.#video) return;
    this.#video.pause();
    for (const [name, handler] of this.#handlers()) this.#video.removeEventListener(name, handler);
    this.#video.removeAttribute("src");
    this.#video.load();
    this.#video.remove();
    this.#video = null;
    this.#face.hidden = true;
  }

  #handlers() {
    return [
      ["timeupdate", this.#count],
      ["ended", this.#ended],
      ["loadedmetadata", this.#fit],
      ["error", this.onFailure],
    ];
  }

  play() { this.#video?.play().catch(() => {}); }

  toggle() {
    if (this.#video?.paused) this.play();
    else this.#video?.pause();
  }

  /** Play from the beginning. */
  replay() {
    if (!this.#video) return;
    this.#video.currentTime = this.#last = 0;
    this.play();
  }

  loop() {
    this.loops = !this.loops;
    return this.loops;
  }

  /** Show the frame after or before the one that is seen. */
  step(frames) {
    const video = this.#video;
    if (!video?.duration) return;
    video.pause();
    const length = this.#frame ?? USUAL_FRAME;
    const last = video.duration - length;
    const wanted = (this.#shown ?? video.currentTime) + frames * length;
    this.#shown = Math.max(0, Math.min(last, wanted));
    video.currentTime = this.#shown + length / 2; // its middle: no rounding shows a neighbour
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
    else if (this.#stage.requestFullscreen) this.#stage.requestFullscreen().catch(() => {});
    else this.#video?.webkitEnterFullscreen?.(); // phones that enlarge nothing but videos
  }

  /** Learn from the frames that are shown how long one is: clips have different frame rates. */
  #watchFrames(video) {
    if (!video.requestVideoFrameCallback) return;
    const note = (_, { mediaTime }) => {
      if (video !== this.#video) return;
      const length = mediaTime - (this.#shown ?? mediaTime);
      if (!video.paused && length > 0.001 && length < Math.min(this.#frame ?? 1, LONGEST_FRAME)) {
        this.#frame = length;
      }
      if (!video.seeking) this.#shown = mediaTime; // else it comes late, from a step before
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
  }

  #fit = () => {
    const { videoWidth, videoHeight } = this.#video;
    if (videoHeight) this.#picture.style.setProperty("--ratio", videoWidth / videoHeight);
  };

  #count = () => {
    const now = this.#video.currentTime;
    const step = now - this.#last;
    if (!this.#video.paused && step > 0 && step < 1) this.played += step;
    this.#last = now;
    markFace(this.#face, this.#boxes, now);
  };

  #ended = () => {
    this.plays += 1;
    this.#last = 0;
    if (!this.loops) return;
    this.#video.currentTime = 0;
    this.play();
  };
}
