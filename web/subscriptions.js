/**
 * Who wants which pictures. Two panels that want the same probe of the same run with the same options share one stream on the wire.
 * No DOM.
 *
 * @typedef {{key: string, probe: string, options?: Record<string, any>, rate?: number, run?: string}} Want
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {import("./frames.js").Part} Part
 * @typedef {{wire: string, probe: string, options: Record<string, any>, run: string|undefined, rate: number, owners: Map<string, Want>, last: Part|null, refused: boolean}} Stream
 */

/** A part of a series carries only what is new, so each one counts; of all others only the newest is drawn. @param {Part} part */
export const isSeries = (part) => "reset" in part.meta;

export class Subscriptions {
  /** @param {(name: string, fields: Record<string, any>) => Promise<any>} command */
  constructor(command) {
    this.command = command;
    /** @type {Map<string, Stream>} by probe, options and run */
    this.streams = new Map();
    this.count = 0;
  }

  /**
   * What this owner wants from now on, instead of what it wanted before.
   * @param {string} owner
   * @param {Want[]} wants
   */
  set(owner, wants) {
    const kept = new Set();
    for (const want of wants) {
      const options = want.options ?? {};
      const name = `${want.probe} ${JSON.stringify(options)} ${want.run ?? ""}`;
      kept.add(name);
      let stream = this.streams.get(name);
      if (!stream) {
        stream = { wire: `${want.probe}-${++this.count}`, probe: want.probe, options, run: want.run, rate: 0, owners: new Map(), last: null, refused: false };
        this.streams.set(name, stream);
      }
      const joined = !stream.owners.has(owner);
      stream.owners.set(owner, want);
      // Who joins late needs a series whole, and a picture at once even where nothing moves: joining asks anew.
      if (this.#tune(stream) || (joined && stream.last)) this.#ask(stream);
    }
    for (const [name, stream] of this.streams) {
      if (kept.has(name) || !stream.owners.delete(owner)) continue;
      if (!stream.owners.size) {
        this.streams.delete(name);
        this.command("unsubscribe", { key: stream.wire }).catch(() => {});
      } else if (this.#tune(stream)) this.#ask(stream);
    }
  }

  /** The stream runs at the rate of whoever wants it fastest; true where that changed. @param {Stream} stream */
  #tune(stream) {
    const rate = Math.min(60, Math.max(...[...stream.owners.values()].map((want) => want.rate ?? 10)));
    const changed = rate !== stream.rate;
    stream.rate = rate;
    return changed;
  }

  /** A lost connection asks for everything again, so nothing is lost here. @param {Stream} stream */
  #ask(stream) {
    const { wire, probe, options, run, rate } = stream;
    stream.refused = false;
    this.command("subscribe", { key: wire, probe, options, rate, ...(run ? { run } : {}) }).catch((error) => { stream.refused = error.name === "Refusal"; });
  }

  /** The network or its data are others now: what was refused may be answered. */
  retry() {
    for (const stream of this.streams.values()) if (stream.refused) this.#ask(stream);
  }

  /** Whether anybody still wants what comes under this name. @param {string} wire */
  has(wire) {
    return [...this.streams.values()].some((stream) => stream.wire === wire);
  }

  /** The lab is left: nobody wants anything, and the connection that could be told is about to be closed. */
  clear() {
    this.streams.clear();
  }

  /** After a new hello: the server knows nothing of what this page watched. */
  renew() {
    for (const stream of this.streams.values()) this.#ask(stream);
  }

  /**
   * What these frames hold for whom: for each owner the rounds to draw, each a map from the owner's own key to a part.
   * Series parts stay in their order; of pictures only the newest counts, and the last round holds all of them.
   * @param {Frame[]} frames
   * @returns {Map<string, Map<string, Part>[]>}
   */
  sort(frames) {
    /** @type {Map<string, Map<string, Part>[]>} */
    const found = new Map();
    const byWire = new Map([...this.streams.values()].map((stream) => [stream.wire, stream]));
    for (const frame of frames) {
      /** @type {Map<string, Map<string, Part>>} */
      const series = new Map();
      for (const part of frame.parts) {
        const stream = byWire.get(part.key);
        if (!stream) continue;
        stream.last = part;
        for (const [owner, want] of stream.owners) {
          if (!found.has(owner)) found.set(owner, []);
          if (!isSeries(part)) continue;
          if (!series.has(owner)) series.set(owner, new Map());
          series.get(owner)?.set(want.key, part);
        }
      }
      for (const [owner, parts] of series) found.get(owner)?.push(parts);
    }
    for (const [owner, rounds] of found) {
      const last = rounds.at(-1) ?? new Map();
      if (!rounds.length) rounds.push(last);
      for (const stream of this.streams.values()) {
        const want = stream.owners.get(owner);
        if (want && stream.last && !isSeries(stream.last)) last.set(want.key, stream.last);
      }
    }
    return found;
  }
}
