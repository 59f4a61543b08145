/** What commands work on. */
import { Double, serialize } from 'bson';
import { Catalog } from '../storage/catalog.js';
import type { Collection } from '../storage/collection.js';
import { answered, forget, remember } from '../storage/sessions.js';
import { Store } from '../storage/store.js';
import { Cursors } from './cursors.js';
import type { Request } from './request.js';

/** Fields of an answer, or the answer as it is sent. */
export type Reply = Record<string, unknown> | Buffer;

export interface Command {
  /** Fields that it takes, and fields of MongoDB's that are refused by name. */
  readonly fields: readonly string[];
  readonly left: readonly string[];
  readonly run: (engine: Engine, request: Request) => Promise<Reply> | Reply;
}

export const command = (fields: string, left: string, run: Command['run']): Command => ({
  fields: fields.split(' '),
  left: left.split(' '),
  run,
});

export const finished = (reply: Reply, ok = 1): Buffer =>
  Buffer.isBuffer(reply) ? reply : Buffer.from(serialize({ ...reply, ok: new Double(ok) }, { ignoreUndefined: true }));

/** Milliseconds between two rounds of removing what was dropped and forgotten. */
const ROUND = 60_000;

export class Engine {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly cursors = new Cursors();
  private readonly housekeeping: NodeJS.Timeout;
  private sweeping: Promise<void> = Promise.resolve();
  private closing = false;

  /** @throws Error when another process has the folder open */
  constructor(folder: string, onFailure: (reason: Error) => void) {
    this.store = new Store(folder, onFailure);
    this.catalog = new Catalog(this.store);
    this.housekeeping = setInterval(() => this.tidy(), ROUND).unref();
    this.tidy();
  }

  /** Removes in the background what is not needed any more. */
  tidy(): void {
    this.cursors.expire();
    this.sweeping = this.sweeping.then(async () => {
      while (!this.closing && (await this.catalog.sweep()));
      if (!this.closing) await forget(this.store);
    });
    this.sweeping.catch(() => undefined); // the store has reported it
  }

  /** One transaction, on disk when this resolves; a write that the driver repeats is answered as before and not done again. */
  async write(request: Request, change: () => Reply): Promise<Buffer> {
    const { repeatable } = request;
    return this.store.write(() => {
      const before = repeatable && answered(this.store, repeatable);
      if (before) return before;
      const reply = finished(change());
      if (repeatable) remember(this.store, repeatable, reply);
      return reply;
    });
  }

  /** Within a transaction: what must be kept beside the documents that were changed. */
  settle(collection: Collection, learnt: boolean): void {
    collection.saveCount();
    if (learnt) this.catalog.save(collection);
  }

  async close(): Promise<void> {
    this.closing = true;
    clearInterval(this.housekeeping);
    await this.sweeping.catch(() => undefined);
    await this.store.close();
  }
}
