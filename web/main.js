/** Wires the page together; nothing is decided here. */
import { html } from "htm/preact";
import { render } from "preact";
import { forget, useConnection } from "./commands.js";
import { count } from "./counters.js";
import { startKeys } from "./keys.js";
import { endGuide, startGuide } from "./guide/guide.js";
import { deliver, drop, useLoop } from "./loop.js";
import { Page } from "./page.js";
import { greeting, linked, refusedGreeting, remember } from "./session.js";
import { here, startWhere } from "./shelf/where.js";
import { Connection } from "./socket.js";
import { clearStage, drawFrames, loadPanels, subscriptions } from "./stage.js";
import { connection, greeted, happened, left, playing, tell } from "./store.js";
import { startTheme } from "./theme.js";

startTheme();
startKeys();

const link = new Connection(new URL("ws", document.baseURI).href.replace(/^http/, "ws"), {
  hello: greeting,
  greeted(value, again) {
    greeted(value);
    remember(value, again);
    if (again) subscriptions.renew();
    loadPanels(value.panels ?? []);
    if (!again) startGuide(value, linked());
  },
  refused: (error) => { if (refusedGreeting(error)) link.greet(); },
  event(event) {
    // A picture that cannot be measured is told only if it is still wanted: the data may just have changed under it.
    if (event.event === "notice" && event.key) setTimeout(() => { if (subscriptions.has(event.key)) happened(event); }, 800);
    else happened(event);
    if (event.event === "state") subscriptions.retry();
  },
  frame: deliver,
  status: (status) => { connection.value = status; },
  bad: (error) => { console.error(error); tell(error.message, { level: "error" }); },
});
/** On the shelf there is nothing to hurry for. */
const hurry = () => { if (here.peek().lab !== null) link.hurry(); };
useConnection(link);
useLoop({
  draw(frames) {
    const last = frames[frames.length - 1];
    count(last.step, last.epoch, playing.peek() ? last.time : undefined);
    drawFrames(frames);
  },
  drawn: ({ seq }) => link.ack(seq),
});
document.addEventListener("visibilitychange", () => {
  link.setVisible(!document.hidden);
  if (!document.hidden) hurry();
});
addEventListener("online", () => hurry());

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
startWhere({
  enter: () => link.open(),
  leave() {
    // What nobody looks at should not take the processor from what somebody does.
    if (playing.peek()) link.command("pause").catch(() => {});
    left();
    clearStage();
    link.close();
    drop();
    forget();
    endGuide();
  },
});
render(html`<${Page} />`, root);
