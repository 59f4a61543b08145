import type { Db } from 'mongodb';
import type { Checkpoints } from '../checkpoints.js';
import { Generation } from './generation.js';
import { Generations } from './generations.js';
import type { State } from './generations.js';

/** What was read at length was dropped before it was read to its end: to be begun again, on the generation that serves by now. */
export class GenerationDropped extends Error {
  constructor() {
    super('The generation of the read model that was read has been dropped meanwhile: read again');
    this.name = 'GenerationDropped';
  }
}

/** A process that reads looks so often which generation serves; one that does not, does not. */
const lookEveryMs = 300;
/** For so long nothing that could be read at a look is gone: a generation that serves no more is kept for longer. */
const sureForMs = 3_000;

/**
 * The generation that this process reads. It learns of another one that serves while it reads, and turns to it when that shows no less than
 * it has shown; what has begun goes on where it began. What turned out to be read from a generation that was dropped meanwhile, by a
 * process that stood still for long, is read again.
 */
export class Served {
  readonly all: Generations;
  readonly #made = new Map<number, Generation>();
  #generation: Generation;
  #state: State;
  /** When the last look began; by the clock of the day, which goes on while a machine sleeps. */
  #lookedAt = -Infinity;
  #looking: Promise<void> | undefined;

  private constructor(
    private readonly db: Db,
    all: Generations,
    state: State,
  ) {
    this.all = all;
    this.#state = state;
    this.#generation = this.of(state.serving);
  }

  static async open(db: Db): Promise<Served> {
    const all = new Generations(db);
    const lookedAt = Date.now();
    const served = new Served(db, all, await all.state());
    served.#lookedAt = lookedAt;
    return served;
  }

  /** The one that was read last. */
  get generation(): Generation {
    return this.#generation;
  }

  /** Everybody in the process shares it: who feeds it and who waits for what it shows. */
  of(number: number): Generation {
    const made = this.#made.get(number) ?? new Generation(this.db, number);
    this.#made.set(number, made);
    return made;
  }

  /** Rejects as `query` does. */
  async read<T>(query: (generation: Generation) => Promise<T>): Promise<T> {
    for (;;) {
      const generation = await this.current();
      const answered = await query(generation).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      if (!(await this.keeps(generation))) continue;
      if ('error' in answered) throw answered.error;
      return answered.value;
    }
  }

  /** The one to be read now. */
  async current(): Promise<Generation> {
    if (!this.#lookedWithin(sureForMs)) await this.look();
    else if (!this.#lookedWithin(lookEveryMs)) this.look().catch(() => undefined); // asked again before it matters
    return this.#generation;
  }

  /** Whether all that was read from it by now was there. */
  async keeps({ number }: Generation): Promise<boolean> {
    if (!this.#lookedWithin(sureForMs)) await this.look();
    return isReadable(this.#state, number);
  }

  /** Asks which generation serves. Who asks meanwhile gets the same answer. */
  async look(): Promise<State> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    await this.#looking;
    return this.#state;
  }

  /** Of the one to be read. Who waits goes on waiting for the one that he began with, which is fed for longer than that. */
  readonly checkpoints: Pick<Checkpoints, 'position' | 'of' | 'reached'> = {
    position: (projection) => this.read(({ checkpoints }) => checkpoints.position(projection)),
    of: (projection) => this.read(({ checkpoints }) => checkpoints.of(projection)),
    reached: async (...what) => (await this.current()).checkpoints.reached(...what),
  };

  #lookedWithin(ms: number): boolean {
    return Math.abs(Date.now() - this.#lookedAt) <= ms;
  }

  async #look(): Promise<void> {
    const lookedAt = Date.now();
    const state = await this.all.state();
    const next = this.of(state.serving);
    const mustTurn = !isReadable(state, this.#generation.number);
    if (next !== this.#generation && (mustTurn || (await showsNoLess(next, this.#generation)))) this.#generation = next;
    this.#state = state;
    this.#lookedAt = lookedAt;
    for (const number of this.#made.keys())
      if (number < state.serving && !isReadable(state, number)) this.#made.delete(number);
  }
}

const isReadable = ({ serving, retired }: State, number: number): boolean =>
  serving === number || retired.includes(number);

async function showsNoLess(next: Generation, before: Generation): Promise<boolean> {
  for (const { name } of before.projections) {
    const shown = (await before.checkpoints.position(name)) ?? -1n;
    if (((await next.checkpoints.position(name)) ?? -1n) < shown) return false;
  }
  return true;
}
