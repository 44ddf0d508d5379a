// The clips of a campaign: those that come, loaded already, and those that were answered here.

import { get } from "./api.js";
import { preload } from "./player.js";

const AHEAD = 3;

/** Gives the clips one after the other, and back. */
export class Tasks {
  #campaign;
  #outbox;
  #coming = [];
  #videos = new Map();
  #done = [];
  #filling = null;
  #before = null; // how many clips were answered before those in #here
  #here = new Set();
  #share = 0;
  current = null;

  constructor(campaign, outbox) {
    this.#campaign = campaign;
    this.#outbox = outbox;
  }

  /** How many clips are answered, with those on their way to the server. */
  get answered() { return (this.#before ?? 0) + this.#here.size; }

  /** How many clips fall to the person, more or less. */
  get total() { return Math.max(this.#share, this.answered); }

  /** Read which clips were answered before. */
  async begin() {
    const history = await get(`/api/history?campaign=${this.#campaign}`);
    this.#done = history.map((entry) => entry.token).reverse();
  }

  /** Return the next clip, or null if none waits. Fails without network if none is loaded. */
  async next() {
    if (!this.#coming.length) await this.#fill(1);
    this.current = this.#coming.shift() ?? null;
    this.#fill(AHEAD).catch(() => {}); // the next call tries again
    return this.current;
  }

  /** Return the clip that was answered before the current one, or null. */
  async back() {
    const place = this.current ? this.#done.indexOf(this.current.token) : -1;
    const token = this.#done[(place < 0 ? this.#done.length : place) - 1];
    if (!token) return null;
    const task = await this.#reread(token);
    if (this.current && place < 0) this.#coming.unshift(this.current);
    this.current = task;
    return task;
  }

  /** Return the clip after the current one: one that was answered, or the next. */
  async forward() {
    const place = this.current ? this.#done.indexOf(this.current.token) : -1;
    if (place < 0) return this.current;
    const token = this.#done[place + 1];
    if (!token) return this.next();
    this.current = await this.#reread(token);
    return this.current;
  }

  /** Note that the current clip has an answer. */
  finish(answer) {
    if (!this.current.previous) this.#here.add(this.current.token);
    this.current.previous = answer;
    if (!this.#done.includes(this.current.token)) this.#done.push(this.current.token);
  }

  /** Return the video of a clip, loaded already if possible. */
  video(task) {
    const video = this.#videos.get(task.token) ?? preload(task);
    this.#videos.delete(task.token);
    return video;
  }

  async #reread(token) {
    // in this order: an answer that has left the outbox is known to the server
    const waiting = (await this.#outbox.list()).findLast((entry) => entry.vote.task === token);
    const task = await get(`/api/task/${token}`);
    return waiting ? { ...task, previous: waiting.vote } : task;
  }

  async #fill(count) {
    while (this.#filling) await this.#filling.catch(() => {});
    this.#filling = this.#fetch(count).finally(() => { this.#filling = null; });
    await this.#filling;
  }

  async #fetch(count) {
    while (this.#coming.length < count) {
      const waiting = await this.#outbox.list();
      const held = [this.current, ...this.#coming].filter(Boolean).map((task) => task.token);
      const have = new Set([...held, ...waiting.map((entry) => entry.vote.task)]);
      const path = `/api/next?campaign=${this.#campaign}&have=${[...have].join(",")}`;
      const answer = await get(path);
      if (this.#before === null) {
        this.#before = answer.answered;
        waiting.forEach((entry) => this.#here.add(entry.vote.task));
      }
      this.#share = answer.total;
      if (answer.done) return;
      this.#coming.push(answer.task);
      this.#videos.set(answer.task.token, preload(answer.task));
    }
  }
}
