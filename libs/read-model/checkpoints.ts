import { MongoServerError } from 'mongodb';
import type { CheckpointDocument, Collections, ProjectedEvent } from './collections.js';
import { duplicateKey } from './guarded-write.js';
import type { ProjectionName } from './projection.js';

/** A query asked for what a projection does not show yet: 503, to be repeated in a moment. */
export class ProjectionBehind extends Error {
  readonly code = 'projection-behind';

  constructor(
    readonly projection: ProjectionName,
    readonly position: bigint,
    readonly wanted: bigint,
  ) {
    super(`The projection ${projection} is at position ${position}, not yet at ${wanted}: ask again in a moment`);
    this.name = 'ProjectionBehind';
  }
}

interface Waiter {
  readonly projection: ProjectionName;
  readonly wanted: bigint;
  resolve(): void;
}

const pollEveryMs = 10;

/** How far each projection has come. One poller serves all who wait; a projector in the same process tells at once. */
export class Checkpoints {
  readonly #collection: Collections['checkpoints'];
  readonly #known = new Map<ProjectionName, bigint>();
  readonly #waiters = new Set<Waiter>();
  #polling = false;

  constructor({ checkpoints }: Pick<Collections, 'checkpoints'>) {
    this.#collection = checkpoints;
  }

  /** Position of the last event that the projection reflects; undefined where it has not begun. */
  async position(projection: ProjectionName): Promise<bigint | undefined> {
    return (await this.of(projection))?.position;
  }

  /** Null where it has not begun. */
  async of(projection: ProjectionName): Promise<CheckpointDocument | null> {
    const document = await this.#collection.findOne({ _id: projection });
    if (document) this.#learn(projection, document.position);
    return document;
  }

  /**
   * To be called when the documents show everything up to this event: who waits in this process is told before the checkpoint is
   * written. It never goes back, whoever else records. Resolves when it is durable.
   */
  async record(projection: ProjectionName, { stream, revision, id, position }: ProjectedEvent): Promise<void> {
    this.#learn(projection, position);
    const event = { stream, revision, id, position };
    await this.#collection
      .updateOne({ _id: projection, position: { $lt: position } }, { $set: { position, event } }, { upsert: true })
      .catch((error: unknown) => {
        // It is there and as far: then it is not found, and cannot be inserted.
        if (!(error instanceof MongoServerError && error.code === duplicateKey)) throw error;
      });
  }

  /** Resolves once the projection has passed `position`. Rejects with ProjectionBehind after `timeoutMs`. */
  reached(projection: ProjectionName, position: bigint, timeoutMs = 2000): Promise<void> {
    if (this.#at(projection) >= position) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { projection, wanted: position, resolve: () => settle(resolve) };
      const timer = setTimeout(
        () => settle(() => reject(new ProjectionBehind(projection, this.#at(projection), position))),
        timeoutMs,
      );
      const settle = (how: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        how();
      };
      this.#waiters.add(waiter);
      void this.#poll();
    });
  }

  #at(projection: ProjectionName): bigint {
    return this.#known.get(projection) ?? 0n;
  }

  #learn(projection: ProjectionName, position: bigint): void {
    if (position <= this.#at(projection)) return;
    this.#known.set(projection, position);
    for (const waiter of this.#waiters)
      if (waiter.projection === projection && waiter.wanted <= position) waiter.resolve();
  }

  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    try {
      while (this.#waiters.size > 0) {
        // A read that fails is not an answer: those who wait are told when their time is over.
        const documents = await this.#collection
          .find()
          .toArray()
          .catch(() => []);
        for (const { _id, position } of documents) this.#learn(_id as ProjectionName, position);
        if (this.#waiters.size > 0) await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
      }
    } finally {
      this.#polling = false;
    }
  }
}
