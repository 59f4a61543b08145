import { setTimeout as sleep } from 'node:timers/promises';
import { untilNext } from '#event-store';
import type { Generations, NextGeneration, State } from './generations.js';
import type { Served } from './served.js';

/** Of a rebuild: it raises its beat every second. */
export const deadAfterMs = 15_000;
/** Nobody who looked which generation serves goes on with another one for as long as this; see `Served`. */
export const graceMs = 10_000;
/** Until projectors have noticed that they are not to feed a generation any more. */
export const untilUnfedMs = 2_000;

/** Tells by this process's own clock for how long something has been as it is. */
export class Watched {
  #seen: string | undefined;
  #since = 0;

  /** Milliseconds; 0 where it has just changed. */
  unchangedFor(what: string, now = performance.now()): number {
    if (what !== this.#seen) [this.#seen, this.#since] = [what, now];
    return now - this.#since;
  }
}

export const signOfLife = ({ owner, beat }: NextGeneration): string => `${owner} ${beat}`;

/** Takes away generations that nobody can be reading any more, and those whose rebuild has died. */
export class Caretaker {
  readonly #ending = new AbortController();
  readonly #retired = new Watched();
  readonly #next = new Watched();
  /** Somebody may have been ended before he had dropped what he dismissed. */
  #leftSince: number | undefined = performance.now();
  readonly #ended: Promise<void>;

  /** `onError`: it is tried again. */
  constructor(
    private readonly served: Served,
    onError: (error: unknown) => void,
    private readonly everyMs = 1_000,
  ) {
    this.#ended = this.#run(onError);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#ended;
  }

  async #run(onError: (error: unknown) => void): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#look().catch((error: unknown) => !signal.aborted && onError(error));
      await sleep(untilNext(this.everyMs), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const generations = this.served.all;
    const state = await this.served.look();
    if (await this.#takeAway(generations, state)) this.#leftSince = performance.now();
    if (this.#leftSince === undefined || performance.now() - this.#leftSince < untilUnfedMs) return;
    this.#leftSince = undefined;
    await generations.dropLeftovers();
  }

  /** Whether there is something to be dropped. */
  async #takeAway(generations: Generations, { retired, next }: State): Promise<boolean> {
    const isOver = this.#retired.unchangedFor(retired.join(' ')) >= graceMs;
    if (retired.length > 0 && isOver) {
      for (const number of retired) await generations.dismiss(number);
      return true;
    }
    const isDead = next !== null && this.#next.unchangedFor(signOfLife(next)) >= deadAfterMs;
    return isDead && (await generations.giveUp(next));
  }
}
