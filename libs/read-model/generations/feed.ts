import { setTimeout as sleep } from 'node:timers/promises';
import { Gate, untilNext } from '#event-store';
import type { EventLog, RecordedEvent } from '#event-store';
import { assertMadeFrom } from '../made-from.js';
import { ParkingProjection } from '../parking/parking-projection.js';
import type { ProjectionName } from '../projection.js';
import type { Generation } from './generation.js';
import type { State } from './generations.js';
import type { Served } from './served.js';

/** A generation, as far as one projection is concerned. */
interface Fed {
  readonly generation: Generation;
  readonly projection: ParkingProjection;
  /** Of the last event that it reflects. */
  position: bigint;
}

const lookEveryMs = 500;
/** What is parked as far as is known here is looked at each time; every so many times, whether somebody else has parked something. */
const looksPerSurvey = 10;
/** Events that are read for one that is taken up, at a time. */
const atOnce = 500;

/**
 * What one projection feeds: the generation that serves, one that is about to, those that may still be read. A batch goes to the newest
 * first: so none ever shows more than the one that takes its place.
 */
export class Feed {
  /** The newest first. */
  #fed: readonly Fed[] = [];
  /** Of the last event that was handled here. */
  #position: bigint | undefined;
  /** Generations come between two batches. */
  readonly #turn = new Gate(1);
  readonly #ending = new AbortController();

  private constructor(
    private readonly log: EventLog,
    private readonly name: ProjectionName,
    private readonly served: Served,
    private readonly report: (message: string) => void,
  ) {}

  /** Throws ReadModelOfAnotherLog. */
  static async begin(
    log: EventLog,
    name: ProjectionName,
    served: Served,
    report: (message: string) => void,
  ): Promise<Feed> {
    const feed = new Feed(log, name, served, report);
    const state = await served.look();
    for (const number of toBeFed(state)) feed.#fed = [...feed.#fed, await feed.#open(number)];
    feed.#position = feed.#fed.map(({ position }) => position).reduce((one, other) => (one < other ? one : other));
    await feed.#tell(state);
    return feed;
  }

  /** All of them reflect it; undefined: at least one reflects nothing. */
  get position(): bigint | undefined {
    return this.#position === none ? undefined : this.#position;
  }

  apply(batch: readonly RecordedEvent[]): Promise<void> {
    return this.#turn.pass(async () => {
      for (const fed of this.#fed) await give(fed, batch);
      this.#position = batch.at(-1)!.position;
    });
  }

  /** Takes up generations that are to be fed, and lets go of those that are not, until it is stopped. `onError`: it is tried again. */
  async keepLooking(onError: (error: unknown) => void): Promise<void> {
    const { signal } = this.#ending;
    for (let looks = 0; !signal.aborted; looks++) {
      await this.#follow()
        .then(() => this.#unpark(looks % looksPerSurvey === 0))
        .catch((error: unknown) => !signal.aborted && onError(error));
      await sleep(untilNext(lookEveryMs), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  stop(): void {
    this.#ending.abort();
  }

  async #follow(): Promise<void> {
    const state = await this.served.look();
    const wanted = toBeFed(state);
    if (this.#fed.some(({ generation }) => !wanted.includes(generation.number)))
      await this.#turn.pass(async () => {
        this.#fed = this.#fed.filter(({ generation }) => wanted.includes(generation.number));
      });
    for (const number of wanted)
      if (!this.#fed.some(({ generation }) => generation.number === number)) await this.#takeUp(number);
    await this.#tell(state);
  }

  /** What somebody asked to be folded anew. */
  async #unpark(all: boolean): Promise<void> {
    if (!all && !this.#fed.some(({ projection }) => projection.hasParked)) return;
    await this.#turn.pass(async () => {
      for (const { projection, position } of this.#fed) await projection.takeUpRequests(position);
    });
  }

  /** Most of what it lacks while the others are fed, and the rest between two batches. */
  async #takeUp(number: number): Promise<void> {
    const fed = await this.#open(number);
    await this.#catchUp(fed);
    await this.#turn.pass(async () => {
      await this.#catchUp(fed);
      this.#fed = [...this.#fed, fed].sort((one, other) => other.generation.number - one.generation.number);
    });
  }

  async #catchUp(fed: Fed): Promise<void> {
    const upTo = this.#position ?? none;
    while (fed.position < upTo && !this.#ending.signal.aborted) {
      const batch: RecordedEvent[] = [];
      const after = fed.position === none ? {} : { after: fed.position };
      for await (const event of this.log.readAll({ ...after, max: atOnce, withUnreadable: true })) batch.push(event);
      if (batch.length === 0) return;
      await give(fed, batch);
    }
  }

  async #open(number: number): Promise<Fed> {
    const generation = this.served.of(number);
    const checkpoint = await generation.checkpoints.of(this.name);
    await assertMadeFrom(this.log, this.name, checkpoint);
    const projection = new ParkingProjection(
      generation.projections.find(({ name }) => name === this.name)!,
      {
        log: this.log,
        parked: generation.collections.parked,
        report: this.report,
      },
    );
    await projection.begin();
    return { generation, projection, position: checkpoint?.position ?? none };
  }

  async #tell({ next }: State): Promise<void> {
    if (next?.phase === 'following' && !next.fed.includes(this.name))
      await this.served.all.feeds(this.name, next.generation);
  }
}

/** Before every event. */
const none = -1n;

function toBeFed({ serving, next, retired }: State): number[] {
  const following = next?.phase === 'following' ? [next.generation] : [];
  return [...following, serving, ...retired].sort((one, other) => other - one);
}

async function give(fed: Fed, batch: readonly RecordedEvent[]): Promise<void> {
  const news = batch.filter(({ position }) => position > fed.position);
  const last = news.at(-1);
  if (!last) return;
  await fed.projection.apply(news);
  await fed.generation.checkpoints.record(fed.projection.name, last);
  fed.position = last.position;
}
