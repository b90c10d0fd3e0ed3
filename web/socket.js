/**
 * The connection: commands and their answers by number, frames, and coming back by itself. Touches no DOM.
 *
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {{
 *   hello: () => Promise<Record<string, any>>|Record<string, any>,
 *   greeted: (value: any, again: boolean) => void,
 *   refused: (error: Refusal) => void,
 *   event: (event: any) => void,
 *   frame: (frame: Frame) => void,
 *   status: (status: "open"|"lost") => void,
 *   bad: (error: Error) => void,
 * }} Handlers
 */
import { decode } from "./frames.js";

const WAITS = [0.25, 0.5, 1, 2, 4, 5];
/** Seconds of silence after which the connection is asked whether it is still there, and how long it may think. */
const QUIET = 12, PATIENCE = 8;
/** A socket's readyState from which nothing is sent any more. */
const CLOSING = 2;

/** A command the server refused; the fields are the server's. */
export class Refusal extends Error {
  name = "Refusal";
  /** @param {{message: string, field?: string, expected?: string, got?: string, hint?: string}} error */
  constructor(error) {
    super(error.message);
    this.field = error.field ?? "";
    this.hint = error.hint ?? "";
    /** The server's words without the name of the field, for where the field is plain to see. */
    this.words = error.field && error.message.startsWith(`${error.field}: `)
      ? error.message.charAt(error.field.length + 2).toUpperCase() + error.message.slice(error.field.length + 3) : error.message;
  }
}

/** The person went elsewhere before the answer came: nobody needs to be told. */
export class Left extends Error {
  name = "Left";
}

/** The seconds to wait before the next attempt. @param {number} attempt @param {number} chance 0 … 1 */
export function wait(attempt, chance = Math.random()) {
  return WAITS[Math.min(attempt, WAITS.length - 1)] * (0.8 + 0.4 * chance);
}

export class Connection {
  /**
   * @param {string} url
   * @param {Handlers} handlers
   * @param {typeof WebSocket} [Socket] for tests
   */
  constructor(url, handlers, Socket = globalThis.WebSocket) {
    this.url = url;
    this.handlers = handlers;
    this.Socket = Socket;
    /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
    this.waiting = new Map();
    /** Measurements asked for, by the number of their command. @type {Map<number, (part: import("./frames.js").Part) => void>} */
    this.measuring = new Map();
    /** @type {WebSocket|null} */
    this.socket = null;
    this.number = 0;
    this.attempt = 0;
    this.ready = false;
    this.greetings = 0;
    this.heard = 0;
    this.firstWait = 0;
    this.timer = 0;
    this.pulse = 0;
    /** @type {boolean|undefined} */
    this.visible = undefined;
  }

  open() {
    clearTimeout(this.timer);
    const socket = new this.Socket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => this.greet();
    socket.onmessage = ({ data }) => { if (socket === this.socket) this.receive(data); };
    socket.onclose = () => { if (socket === this.socket) this.lost(); };
  }

  /** Tries at once instead of waiting on: the network came back, or the person looks again. */
  hurry() {
    if (!this.socket) this.open();
  }

  /** Ends it for now, without a word; `open` begins anew, as the first time. */
  close() {
    clearTimeout(this.timer);
    clearInterval(this.pulse);
    const socket = this.socket;
    this.socket = null;
    this.ready = false;
    this.attempt = this.greetings = 0;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    this.measuring.clear();
    for (const { reject } of waiting) reject(new Left("The page was left before the answer came."));
    socket?.close();
  }

  async greet() {
    this.heard = Date.now();
    clearInterval(this.pulse);
    this.pulse = Number(setInterval(() => this.check(), 4000));
    try {
      const socket = this.socket, hello = await this.handlers.hello();
      if (socket !== this.socket) return;
      const value = await this.request("hello", hello);
      this.ready = true;
      this.attempt = 0;
      this.handlers.greeted(value, this.greetings++ > 0);
      this.handlers.status("open");
      if (this.visible === false) this.setVisible(false);
    } catch (error) {
      if (error instanceof Refusal) this.handlers.refused(error);
    }
  }

  /** @param {string|ArrayBuffer} data */
  receive(data) {
    this.heard = Date.now();
    if (typeof data !== "string") {
      try {
        this.take(decode(data));
      } catch (error) {
        this.handlers.bad(/** @type {Error} */ (error));
      }
      return;
    }
    const message = JSON.parse(data);
    if (message.re === undefined || message.re === null) {
      if (message.event === "closing" && message.back_in_secs) this.firstWait = message.back_in_secs;
      this.handlers.event(message);
      return;
    }
    const waiting = this.waiting.get(message.re);
    this.waiting.delete(message.re);
    if (message.ok) waiting?.resolve(message.value);
    else waiting?.reject(new Refusal(message.error));
  }

  /** @param {Frame} frame */
  take(frame) {
    const measured = frame.re === null || frame.re === undefined ? undefined : this.measuring.get(frame.re);
    if (!measured) return this.handlers.frame(frame);
    this.measuring.delete(/** @type {number} */ (frame.re));
    measured(frame.parts[0]);
    this.ack(frame.seq);
  }

  lost() {
    clearInterval(this.pulse);
    this.socket = null;
    this.ready = false;
    for (const { reject } of this.waiting.values()) reject(new Error("The connection was lost before the answer came."));
    this.waiting.clear();
    this.measuring.clear();
    this.handlers.status("lost");
    const seconds = Math.min(this.firstWait, 5) || wait(this.attempt++);
    this.firstWait = 0;
    this.timer = Number(setTimeout(() => this.open(), seconds * 1000));
  }

  /** A cable pulled out closes nothing by itself: after a silence, ask; without an answer, start anew. */
  check() {
    const silent = (Date.now() - this.heard) / 1000;
    if (silent > QUIET + PATIENCE) {
      const socket = this.socket;
      this.lost();
      socket?.close();
    } else if (silent > QUIET && this.ready) {
      this.request("visible", { on: this.visible ?? true }).catch(() => {});
    }
  }

  /** @param {boolean} on */
  setVisible(on) {
    this.visible = on;
    if (this.ready) this.request("visible", { on }).catch(() => {});
  }

  /**
   * Sends a command; the promise settles with its answer.
   * @param {string} name
   * @param {Record<string, any>} [fields]
   * @returns {Promise<any>}
   */
  command(name, fields = {}) {
    if (!this.ready) return Promise.reject(new Error("Not connected at the moment. It will try again by itself."));
    return this.request(name, fields);
  }

  /** @param {number} seq */
  ack(seq) {
    if (this.ready) this.say({ do: "ack", seq });
  }

  /**
   * One measurement, now: numbers that are all plain come with the answer, arrays in a frame of their own.
   * @param {string} probe
   * @param {Record<string, any>} options
   * @param {string} [run] the first where none is named
   * @returns {Promise<import("./frames.js").Part>}
   */
  measure(probe, options, run) {
    return new Promise((resolve, reject) => {
      const answer = this.command("measure", { probe, options, ...(run ? { run } : {}) });
      const id = this.number;
      this.measuring.set(id, resolve);
      answer.then((value) => {
        if (value?.frame !== undefined) return;
        this.measuring.delete(id);
        resolve({ key: probe, probe, meta: value ?? {}, arrays: {}, step: value?.step, epoch: value?.epoch });
      }, (error) => {
        this.measuring.delete(id);
        reject(error);
      });
    });
  }

  /** @param {string} name @param {Record<string, any>} fields @returns {Promise<any>} */
  request(name, fields) {
    const id = ++this.number;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.say({ id, do: name, ...fields });
    });
  }

  /** What is said while the line is being closed is not sent: whoever waits for an answer hears of the loss. @param {Record<string, any>} message */
  say(message) {
    if (this.socket && this.socket.readyState < CLOSING) this.socket.send(JSON.stringify(message));
  }
}
