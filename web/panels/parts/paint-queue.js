/** Points on their way to the server: shown at once, sent a few at a time, forgotten when the data has them. No DOM. */

export class PaintQueue {
  /** @param {(rows: number[][]) => Promise<any>} send @param {() => void} changed */
  constructor(send, changed) {
    this.send = send;
    this.changed = changed;
    /** @type {number[][]} */
    this.rows = [];
    this.sent = 0;
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.timer = null;
    this.version = NaN;
  }

  /** @param {number[]} row */
  add(row) {
    this.rows.push(row);
    this.changed();
    // A stroke of the pointer becomes a few messages, not hundreds.
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const some = this.rows.slice(this.sent);
      this.sent = this.rows.length;
      if (some.length) Promise.resolve(this.send(some)).catch(() => this.clear());
    }, 60);
  }

  /** The data's own version: when it changes, what was sent is in it. @param {number} version */
  seen(version) {
    if (version === this.version) return;
    this.version = version;
    this.rows = this.rows.slice(this.sent);
    this.sent = 0;
  }

  clear() {
    this.rows = [];
    this.sent = 0;
    this.changed();
  }
}
