import { randomUUID } from 'node:crypto';
import { MongoServerError } from 'mongodb';
import type { Collection, Db } from 'mongodb';
import { settled } from './collections.js';
import { duplicateKey } from './guarded-write.js';

/** Who projects. Of all projectors on a read model one holds it at a time; the others stand by. */
export interface LeaseDocument {
  readonly _id: 'projector';
  /** Null: it was given back. */
  readonly holder: string | null;
  /** Raised by the holder again and again: as long as it goes up, the holder lives. */
  readonly beat: number;
}

const projector = { _id: 'projector' } as const;

/**
 * The lease as one projector deals with it. No clock of one machine is compared with that of another: only whether the beat goes up, and
 * for how long it has not, by the own clock of whoever looks. The lease is for economy and order, not for correctness: writes of the read
 * model are guarded by position and a second correlator is fenced, so that a holder who sleeps through the loss of it harms nothing.
 */
export class Lease {
  readonly holder = randomUUID();
  readonly #leases: Collection<LeaseDocument>;

  constructor(db: Db) {
    this.#leases = db.collection<LeaseDocument>('leases', settled);
  }

  /** Null where nobody has ever had it. */
  seen(): Promise<LeaseDocument | null> {
    return this.#leases.findOne(projector);
  }

  /** Takes it from whoever had it when it was `seen`; false where somebody was faster, or it has beaten since. */
  async take(seen: LeaseDocument | null): Promise<boolean> {
    const { holder } = this;
    if (!seen) return this.#insert();
    const { matchedCount } = await this.#leases.updateOne(
      { ...projector, holder: seen.holder, beat: seen.beat },
      { $set: { holder, beat: seen.beat + 1 } },
    );
    return matchedCount === 1;
  }

  /** Takes it whoever has it: for those who know that nobody else can be alive. */
  async seize(): Promise<void> {
    await this.#leases.updateOne(projector, { $set: { holder: this.holder }, $inc: { beat: 1 } }, { upsert: true });
  }

  /** False where somebody else has it by now. */
  async renew(): Promise<boolean> {
    const { matchedCount } = await this.#leases.updateOne({ ...projector, holder: this.holder }, { $inc: { beat: 1 } });
    return matchedCount === 1;
  }

  /** Gives it back, so that who stands by need not wait. */
  async release(): Promise<void> {
    await this.#leases.updateOne({ ...projector, holder: this.holder }, { $set: { holder: null }, $inc: { beat: 1 } });
  }

  async #insert(): Promise<boolean> {
    try {
      await this.#leases.insertOne({ ...projector, holder: this.holder, beat: 1 });
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === duplicateKey) return false;
      throw error;
    }
  }
}

export interface Sighting {
  /** Null where nobody has ever had it. */
  readonly lease: LeaseDocument | null;
  /** How long the same beat has been seen. Milliseconds. */
  readonly stillMs: number;
}

/** Looks at the lease again and again, and tells how long its beat has stood still by its own clock. */
export class LeaseWatch {
  #seen: { readonly lease: LeaseDocument | null; readonly since: number } | undefined;

  constructor(
    private readonly lease: Pick<Lease, 'seen'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async look(): Promise<Sighting> {
    const lease = await this.lease.seen();
    const isSame = this.#seen && this.#seen.lease?.holder === lease?.holder && this.#seen.lease?.beat === lease?.beat;
    if (!isSame) this.#seen = { lease, since: this.now() };
    return { lease, stillMs: this.now() - this.#seen!.since };
  }
}
