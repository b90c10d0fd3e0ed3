import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection, Refusal, wait } from "../socket.js";

class FakeSocket {
  /** @type {FakeSocket[]} */
  static all = [];
  /** @type {any[]} */
  sent = [];
  onopen = () => {};
  onclose = () => {};
  onmessage = (/** @type {any} */ _) => {};
  readyState = 1;
  constructor() { FakeSocket.all.push(this); }
  /** @param {string} text */
  send(text) { this.sent.push(JSON.parse(text)); }
  close() {}
  /** @param {any} message */
  say(message) { this.onmessage({ data: JSON.stringify(message) }); }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function connected() {
  /** @type {any[]} */
  const seen = [];
  const handlers = new Proxy({ hello: () => ({ session: "s" }) }, {
    get: (own, name) => Reflect.get(own, name) ?? ((/** @type {any[]} */ ...what) => seen.push([name, ...what])) });
  const connection = new Connection("ws://here/ws", /** @type {any} */ (handlers), /** @type {any} */ (FakeSocket));
  connection.open();
  return { connection, seen, socket: () => /** @type {FakeSocket} */ (FakeSocket.all.at(-1)) };
}

test("the waits grow to five seconds, with some jitter", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map((n) => wait(n, 0.5)), [0.25, 0.5, 1, 2, 4, 5, 5]);
  assert.ok(wait(5, 0) >= 4 && wait(5, 1) < 6.01);
});

test("hello, answers by number, refusals, and coming back", async () => {
  const { connection, seen, socket } = connected();
  const first = socket();
  first.onopen();
  await turn();
  assert.deepEqual(first.sent[0], { id: 1, do: "hello", session: "s" });
  await assert.rejects(connection.command("play"), /Not connected/);
  first.say({ re: 1, ok: true, value: { session: "t" } });
  await turn();
  assert.deepEqual(seen.map(([name]) => name), ["greeted", "status"]);

  const played = connection.command("play"), set = connection.command("set", { changes: { batch_size: 0 } });
  first.say({ re: 3, ok: false, error: { field: "batch_size", message: "batch_size: at least 1" } });
  first.say({ re: 2, ok: true, value: null });
  assert.equal(await played, null);
  await assert.rejects(set, (error) => error instanceof Refusal && error.field === "batch_size");
  first.say({ event: "state", state: { step: 4 } });
  assert.deepEqual(seen.at(-1), ["event", { event: "state", state: { step: 4 } }]);

  const cut = connection.command("pause"), sent = first.sent.length;
  first.readyState = 2;
  connection.ack(7);
  assert.equal(first.sent.length, sent, "nothing is sent into a line that is being closed");
  first.onclose();
  await assert.rejects(cut, /lost/);
  assert.deepEqual(seen.at(-1), ["status", "lost"]);
  connection.hurry();
  assert.notEqual(socket(), first);
  socket().onopen();
  await turn();
  assert.equal(socket().sent[0].do, "hello");
  socket().say({ re: socket().sent[0].id, ok: true, value: {} });
  await turn();
  assert.deepEqual(seen.at(-2), ["greeted", {}, true]);
  clearInterval(connection.pulse);
});

test("a bad frame is told, and the connection lives on", () => {
  const { connection, seen, socket } = connected();
  socket().onmessage({ data: new ArrayBuffer(3) });
  assert.equal(seen[0][0], "bad");
  clearTimeout(connection.timer);
});
