import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, Following } from '#event-store';
import { Watched, deadAfterMs, graceMs, signOfLife, untilUnfedMs } from '../generations/caretaker.js';
import type { Generation } from '../generations/generation.js';
import type { Generations, NextGeneration } from '../generations/generations.js';
import type { Served } from '../generations/served.js';
import { createIndexes } from '../indexes.js';
import { projectionNames } from '../projection.js';
import { startProjection } from '../projector.js';
import { compareGenerations } from './compare.js';
import type { Comparison } from './compare.js';
import { fill } from './fill.js';
import type { FillingOptions } from './filling.js';

export interface RebuildOptions extends Partial<FillingOptions> {
  readonly log: EventLog;
  readonly served: Served;
  /** Fills and compares, then drops what was made: nothing is served by it. */
  readonly dryRun?: boolean;
  readonly onStep?: (step: Step) => void;
  /** Of the filling: see FillOptions. */
  readonly onProgress?: (position: bigint, events: number) => void;
  /** Told what is parked. */
  readonly report?: (message: string) => void;
  /** How long a projector has to take the generation up, until there is taken to be none. Milliseconds; default 10,000. */
  readonly takeUpMs?: number;
  /** How long readers have to turn to the new generation, where no projector sees to that. Milliseconds; default 10,000. */
  readonly graceMs?: number;
}

/** What it does next. */
export type Step =
  | 'waiting for another rebuild'
  | 'filling'
  | 'waiting for the projector'
  | 'comparing'
  | 'switching'
  | 'dropping the old generation';

export interface Rebuilt {
  readonly from: number;
  readonly generation: number;
  /** Events that it was made from. */
  readonly events: number;
  readonly comparison: Comparison;
  readonly served: boolean;
}

/** Somebody else makes a generation at this moment. */
export class RebuildUnderWay extends Error {
  constructor({ generation, phase }: NextGeneration) {
    super(`Another rebuild is making generation ${generation} (${phase}): wait for its end`);
    this.name = 'RebuildUnderWay';
  }
}

/** Nobody had heard of this rebuild for long, and its generation was given up. */
export class RebuildGivenUp extends Error {
  constructor({ generation }: NextGeneration) {
    super(
      `Generation ${generation} was given up, as this rebuild did not say for ${deadAfterMs / 1_000} s that it goes on: begin again`,
    );
    this.name = 'RebuildGivenUp';
  }
}

const beatEveryMs = 1_000;
const lookEveryMs = 100;
/** What came while a generation was filled is filled in too, until so little came that a projector has it at once. */
const fewEvents = 500;

/**
 * Makes the read model anew from the log, beside the one that serves, and lets it serve in its place. Killed at any moment it leaves a
 * generation that nobody reads, which the projector or the next rebuild drops. Throws RebuildUnderWay, RebuildGivenUp, TooMuchParked.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const making = new Making(options, await begin(options));
  try {
    return await making.rebuilt();
  } catch (error) {
    await making.abandon().catch(() => undefined);
    throw error;
  } finally {
    await making.stop();
  }
}

/** Where there is another one that shows no sign of life, it is given up. */
async function begin({ served, onStep }: RebuildOptions): Promise<NextGeneration> {
  const generations = served.all;
  const other = new Watched();
  let first: string | undefined;
  for (;;) {
    const begun = await generations.begin();
    if (begun) {
      await generations.dropLeftovers();
      return begun;
    }
    const { next } = await generations.state();
    if (!next) continue;
    if (first === undefined) onStep?.('waiting for another rebuild');
    first ??= signOfLife(next);
    if (first !== signOfLife(next)) throw new RebuildUnderWay(next);
    if (other.unchangedFor(first) >= deadAfterMs) await generations.giveUp(next);
    else await sleep(lookEveryMs);
  }
}

class Making {
  readonly #generations: Generations;
  readonly #generation: Generation;
  readonly #life = new AbortController();
  readonly #beating: NodeJS.Timeout;
  #lastBeat = Promise.resolve();
  /** Where no projector does it. */
  readonly #projecting: Following[] = [];

  constructor(
    private readonly options: RebuildOptions,
    private readonly next: NextGeneration,
  ) {
    this.#generations = options.served.all;
    this.#generation = options.served.of(next.generation);
    this.#beating = setInterval(() => {
      this.#lastBeat = this.#beat();
    }, beatEveryMs);
  }

  async rebuilt(): Promise<Rebuilt> {
    const { dryRun, onStep, served } = this.options;
    const { serving: from } = await this.#generations.state();
    const before = served.of(from);
    const events = await this.#fill();
    if (!dryRun) await this.#follow(before);
    onStep?.('comparing');
    const comparison = await compareGenerations(before, this.#generation);
    await (dryRun ? this.abandon() : this.#switch(before));
    return { from, generation: this.next.generation, events, comparison, served: !dryRun };
  }

  /** Ends the making, and drops what was made. Where it serves by now, or somebody else ended it, nothing is done. */
  async abandon(): Promise<void> {
    clearInterval(this.#beating);
    await this.#lastBeat; // what gives up says which beat it saw
    const { next } = await this.#generations.state();
    if (next?.owner !== this.next.owner) return;
    if (await this.#generations.giveUp(next)) await this.#generations.dropLeftovers();
  }

  async stop(): Promise<void> {
    clearInterval(this.#beating);
    await Promise.all(this.#projecting.map((following) => following.stop()));
  }

  async #beat(): Promise<void> {
    // A store that is away fails the work itself.
    const isKnown = await this.#generations.beat(this.next).catch(() => true);
    if (!isKnown) this.#life.abort(new RebuildGivenUp(this.next));
  }

  async #fill(): Promise<number> {
    const { log, keptBytes, restRatio, report, onStep, onProgress } = this.options;
    onStep?.('filling');
    // To build them at the end takes longer on the embedded store, which answers nobody meanwhile.
    await createIndexes(this.#generation.collections);
    let events = 0;
    let more: number;
    do {
      more = await fill(log, this.#generation, {
        ...(keptBytes !== undefined && { keptBytes }),
        ...(restRatio !== undefined && { restRatio }),
        ...(report && { report }),
        onProgress: (position, count) => onProgress?.(position, events + count),
        signal: this.#life.signal,
      });
      events += more;
    } while (more > fewEvents);
    return events;
  }

  /** From here on projectors feed it, before the one that serves. Resolves when it shows no less than that; and so it stays. */
  async #follow(before: Generation): Promise<void> {
    const { takeUpMs = 10_000, onStep } = this.options;
    onStep?.('waiting for the projector');
    if (!(await this.#generations.follow(this.next))) throw new RebuildGivenUp(this.next);
    const began = performance.now();
    for (;;) {
      this.#life.signal.throwIfAborted();
      for (const { failure } of this.#projecting) if (failure) throw failure;
      const { fed } = await this.#known();
      if (fed.length === projectionNames.length && (await this.#isLevelWith(before))) return;
      if (fed.length === 0 && performance.now() - began >= takeUpMs) await this.#projectAlone();
      await sleep(lookEveryMs);
    }
  }

  /** As a projector does; one that comes now does no harm. */
  async #projectAlone(): Promise<void> {
    const { log, served, report } = this.options;
    for (const name of projectionNames)
      this.#projecting.push(await startProjection(log, name, { served }, report ? { report } : {}));
  }

  async #switch(before: Generation): Promise<void> {
    this.options.onStep?.('switching');
    do if (!(await this.#isLevelWith(before))) await this.#follow(before);
    while (!(await this.#generations.serve(await this.#known(), before.number)));
    clearInterval(this.#beating);
    if (this.#projecting.length > 0) await this.#takeAway(before);
  }

  /** Where there is no projector to do it. */
  async #takeAway({ number }: Generation): Promise<void> {
    this.options.onStep?.('dropping the old generation');
    await sleep(this.options.graceMs ?? graceMs);
    await this.#generations.dismiss(number);
    await sleep(untilUnfedMs);
    await this.#generations.dropLeftovers();
  }

  async #known(): Promise<NextGeneration> {
    const { next } = await this.#generations.state();
    if (next?.owner !== this.next.owner) throw new RebuildGivenUp(this.next);
    return next;
  }

  async #isLevelWith({ checkpoints }: Generation): Promise<boolean> {
    for (const name of projectionNames) {
      const shown = (await checkpoints.position(name)) ?? -1n;
      if (((await this.#generation.checkpoints.position(name)) ?? -1n) < shown) return false;
    }
    return true;
  }
}
