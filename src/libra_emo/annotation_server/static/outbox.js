// The outbox: each vote is written into the browser's database first, and leaves it when the
// server has acknowledged it. So reloads, lost networks and restarts of the server lose none.

import { post, Refusal } from "./api.js";

const BATCH = 100;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 20_000;

function promise(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase() {
  const request = indexedDB.open("libra_emo", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("votes", { keyPath: "id" });
  return promise(request);
}

/** Where entries lie if the browser has no database: in memory, and never shown as saved. */
class Memory {
  #entries = new Map();
  async put(entry) { this.#entries.set(entry.id, entry); }
  async remove(ids) { ids.forEach((id) => this.#entries.delete(id)); }
  async list() { return [...this.#entries.values()]; }
}

class Database {
  #database;
  constructor(database) { this.#database = database; }

  async #change(work) {
    const transaction = this.#database.transaction("votes", "readwrite", { durability: "strict" });
    work(transaction.objectStore("votes"));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  put(entry) { return this.#change((votes) => votes.put(entry)); }
  remove(ids) { return this.#change((votes) => ids.forEach((id) => votes.delete(id))); }
  list() { return promise(this.#database.transaction("votes").objectStore("votes").getAll()); }
}

/** Votes of one person on their way to the server. */
export class Outbox extends EventTarget {
  #place;
  #person;
  #sending = null;
  #again = false;
  #pause = FIRST_PAUSE_MS;
  #timer = 0;
  #refusedNow = new Set();

  /** Open the outbox; votes that other people left in this browser stay for them. */
  static async open(person) {
    const outbox = new Outbox();
    outbox.#person = person;
    outbox.#place = await openDatabase().then((base) => new Database(base), () => new Memory());
    addEventListener("online", () => outbox.send());
    return outbox;
  }

  /** Return the votes that the server has not acknowledged, in the order of their answers. */
  async list() {
    const entries = (await this.#place.list()).filter((entry) => entry.person === this.#person);
    return entries.sort((one, two) => one.number - two.number);
  }

  /** Keep a vote, then send it. */
  async add(vote) {
    const number = Date.now() + Math.random();
    await this.#place.put({ id: vote.id, person: this.#person, number, vote });
    this.#report(null);
    this.send();
  }

  /** Send what waits, now and again until everything is acknowledged. */
  send() {
    this.#again = true;
    this.#sending ??= this.#sendAll().finally(() => { this.#sending = null; });
    return this.#sending;
  }

  async #sendAll() {
    clearTimeout(this.#timer);
    while (this.#again) {
      this.#again = false;
      try {
        await this.#sendBatch();
        this.#pause = FIRST_PAUSE_MS;
      } catch (error) {
        const status = error instanceof Refusal ? error.status : 0;
        this.#report(status === 401 || status === 403 ? "session" : "network");
        this.#timer = setTimeout(() => this.send(), this.#pause);
        this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
        return;
      }
    }
    this.#report(null);
  }

  async #sendBatch() {
    // a vote that was refused is tried again when the page is opened the next time
    const waiting = (await this.list()).filter((entry) => !this.#refusedNow.has(entry.id));
    if (!waiting.length) return;
    const batch = waiting.slice(0, BATCH);
    const answer = await post("/api/votes", { votes: batch.map((entry) => entry.vote) });
    await this.#place.remove(answer.stored);
    answer.refused.forEach((refusal) => this.#refusedNow.add(refusal.id));
    if (waiting.length > batch.length) this.#again = true;
  }

  async #report(trouble) {
    const entries = await this.list();
    const refused = entries.filter((entry) => this.#refusedNow.has(entry.id)).length;
    const detail = { waiting: entries.length - refused, refused, trouble };
    this.dispatchEvent(new CustomEvent("change", { detail }));
  }
}
