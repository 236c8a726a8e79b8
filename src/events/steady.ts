/**
 * Keeps the numbers of people steady while somebody works with them. Work goes side by side; a change (two people become one, and everything
 * that is known of them follows) waits for the work in hand, and new work waits for the change. Work must not begin other work inside itself.
 */
export class Steady {
  #working = 0;
  #changing: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #idle: (() => void)[] = [];

  async work<T>(fn: () => Promise<T>): Promise<T> {
    while (this.#waiting > 0) await this.#changing;
    this.#working += 1;
    try {
      return await fn();
    } finally {
      this.#working -= 1;
      if (this.#working === 0) for (const go of this.#idle.splice(0)) go();
    }
  }

  /** One change after another. */
  change<T>(fn: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const change = this.#changing
      .catch(() => {})
      .then(async () => {
        while (this.#working > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
        return fn();
      })
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#changing = change.catch(() => {});
    return change;
  }
}
