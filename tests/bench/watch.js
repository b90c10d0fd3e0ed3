/** Runs in the page before its own scripts: when sliders moved, what went over the socket and when it was drawn. */
(() => {
  const notes = [];
  window.benchNotes = notes;
  addEventListener("input", (event) => notes.push({ what: "input", at: event.timeStamp }), { capture: true });
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        const at = performance.now();
        if (typeof data !== "string") {
          const head = new TextDecoder().decode(new Uint8Array(data, 8, 60));
          notes.push({ what: "frame", at, seq: Number(/"seq":(\d+)/.exec(head)[1]), step: Number(/"step":(\d+)/.exec(head)[1]) });
          return;
        }
        const message = JSON.parse(data);
        if (message.event === "state") notes.push({ what: "state", at, step: message.state.step, config: message.state.config });
      });
    }
    send(data) {
      super.send(data);
      const message = JSON.parse(data);
      if (message.do === "ack") notes.push({ what: "drawn", at: performance.now(), seq: message.seq });
      if (message.do === "set") notes.push({ what: "set", at: performance.now(), changes: message.changes });
    }
  };
})();
