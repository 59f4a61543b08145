import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createApi } from '#api';
import { startEmbeddedMongo } from '#embedded-mongodb';
import type { RecordedEvent } from '#event-store';
import { Tokens } from '#platform';
import { assemble, docketEvents } from '#process-managers';
import { ReadModel, connectMongo } from '#read-model';
import { Refusal } from '../refusal.js';
import { inWords } from './moment.js';
import type { PastEvents } from './past-events.js';
import { PastLog } from './past-log.js';

export interface ServedPast {
  readonly url: string;
  /** Of an auditor. No other docket takes it. */
  readonly token: string;
  readonly events: number;
  /** Answers what is under way, then removes everything that was made for it. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** 0: a free one. */
  readonly port: number;
  readonly onProgress?: (position: bigint) => void;
}

const tokenSeconds = 12 * 3_600;
const batchSize = 500;

/**
 * Serves the log up to a moment by the real API on 127.0.0.1, read-only: the queue from a read model of its own in a temporary folder,
 * which the real projections fill first, everything else from the docket that the past is of. Throws Refusal where the port is taken, and
 * what reading the past throws.
 */
export async function servePast(past: PastEvents, { port, onProgress }: ServeOptions): Promise<ServedPast> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-past-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove); // in whatever way it ends, but for a kill
  const store = await startEmbeddedMongo({ folder });
  const mongo = await connectMongo(store.url);
  const readModel = await ReadModel.open(mongo.db);
  const { events, position } = await fill(readModel, past, onProgress);

  // What comes later may still be of that time, or before a position that was not reached yet: the past does not grow.
  const log = new PastLog(past.endingAt(position ?? 0n), docketEvents, position);
  const assembly = assemble({ log, clock: () => new Date(), readModel });
  const tokens = new Tokens(randomBytes(32));
  const readOnly = `This is the past, as of ${inWords(past.moment)}: it can be read and not changed. Commands go to the docket that it is of.`;
  const api = await createApi({ assembly, readModel, tokens, settings: { behindProxy: false }, readOnly });
  await api.listen(port, '127.0.0.1').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`Port ${port} cannot be listened on (${error.code}): take another one with --serve`);
  });

  const { username } = userInfo();
  return {
    url: await api.getUrl(),
    token: await tokens.sign({ id: username, name: username, kind: 'user', roles: ['auditor'] }, tokenSeconds),
    events,
    async stop() {
      await api.close();
      await mongo.close();
      await store.stop();
      process.removeListener('exit', remove);
      remove();
    },
  };
}

/** As the projector does it, but for once: nothing comes after the end. */
async function fill(
  readModel: ReadModel,
  past: PastEvents,
  onProgress?: (position: bigint) => void,
): Promise<{ events: number; position: bigint | undefined }> {
  await readModel.prepare();
  const { projections, checkpoints } = readModel.served.generation;
  let events = 0;
  let position: bigint | undefined;
  const apply = async (batch: readonly RecordedEvent[]) => {
    const last = batch.at(-1);
    if (!last) return;
    for (const projection of projections) {
      await projection.apply(batch);
      await checkpoints.record(projection.name, last);
    }
    ({ position } = last);
    events += batch.length;
    onProgress?.(last.position);
  };

  let batch: RecordedEvent[] = [];
  for await (const stored of past.read()) {
    batch.push(docketEvents.decode(stored));
    if (batch.length < batchSize) continue;
    await apply(batch);
    batch = [];
  }
  await apply(batch);
  return { events, position };
}
