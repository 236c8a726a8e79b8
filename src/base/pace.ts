/** So long may one piece of work hold the thread while others wait: a look-up is to be answered within milliseconds. */
const heldMs = 3;

/** For long loops: `if (pace.due()) await pace.rest()` lets others have their turn once some milliseconds have passed. */
export function createPace(): { due(): boolean; rest(): Promise<void> } {
  let since = performance.now();
  return {
    due: () => performance.now() - since > heldMs,
    rest: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    },
  };
}
