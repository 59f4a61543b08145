import { setTimeout as sleep } from 'node:timers/promises';

/** So many writes at a time: one is on its way while the store carries out the other. */
const atOnce = 2;
/** A store that many use answers others between two writes of so many documents or bytes: the embedded one takes some 5 ms for them. */
const mostDocuments = 100;
const mostBytes = 64_000;

/** Writes that go on while the next events are folded. A write that fails is told by the next call. */
export class WriteBehind {
  readonly #underWay = new Set<Promise<void>>();
  #failure: Error | undefined;

  /** `restRatio`: how long to rest after a write, for each millisecond that it took. */
  constructor(private readonly restRatio = 0) {}

  /** Resolves when there is room for more. `sizeOf`: in bytes, roughly. */
  async inPortions<T>(
    all: readonly T[],
    sizeOf: (one: T) => number,
    write: (some: T[]) => Promise<unknown>,
  ): Promise<void> {
    let some: T[] = [];
    let bytes = 0;
    for (const one of all) {
      some.push(one);
      bytes += sizeOf(one);
      if (some.length < mostDocuments && bytes < mostBytes) continue;
      const portion = some;
      await this.#begin(() => write(portion));
      [some, bytes] = [[], 0];
    }
    if (some.length > 0) await this.#begin(() => write(some));
  }

  /** Resolves when all that was begun is durable. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #begin(write: () => Promise<unknown>): Promise<void> {
    while (this.#underWay.size >= atOnce) await Promise.race(this.#underWay);
    if (this.#failure !== undefined) throw this.#failure;
    const writing = this.#write(write)
      .catch((error: Error) => void (this.#failure ??= error))
      .finally(() => this.#underWay.delete(writing));
    this.#underWay.add(writing);
  }

  async #write(write: () => Promise<unknown>): Promise<void> {
    const began = performance.now();
    await write();
    if (this.restRatio > 0) await sleep((performance.now() - began) * this.restRatio);
  }
}

export const unordered = { ordered: false };

/** Unguarded: nobody else writes there. */
export const replacementBy = <T extends { readonly _id: string }>(document: T) => ({
  replaceOne: { filter: { _id: { $eq: document._id } as never }, replacement: document, upsert: true },
});
