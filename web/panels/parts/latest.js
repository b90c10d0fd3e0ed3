/** Asking for the newest only: one question under way, and of those that come meanwhile the last. No DOM. */

/**
 * @template T
 * @param {(input: T) => Promise<void>} act
 * @returns {(input: T) => Promise<void>} settles when nothing waits any more
 */
export function latest(act) {
  /** @type {{input: T} | null} */
  let waiting = null;
  let busy = false;
  return async (input) => {
    waiting = { input };
    if (busy) return;
    busy = true;
    try {
      while (waiting) {
        const next = /** @type {{input: T}} */ (waiting).input;
        waiting = null;
        await act(next);
      }
    } finally { busy = false; }
  };
}
