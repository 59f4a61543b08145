import { MongoError } from 'mongodb';
import type { EventLog, RecordedEvent } from '#event-store';
import type { Generation } from '../generations/generation.js';
import type { Projection } from '../projection.js';
import { AlertsFilling } from './alerts-filling.js';
import type { Filling, FillingOptions } from './filling.js';
import { usually } from './filling.js';
import { IncidentsFilling } from './incidents-filling.js';

export interface FillOptions extends Partial<FillingOptions> {
  /** Called after each batch, with what was taken so far: the position of the last event, and how many they are. */
  readonly onProgress?: (position: bigint, events: number) => void;
  /** Rejects with its reason when it is aborted. */
  readonly signal?: AbortSignal;
  readonly maxBatch?: number;
}

/** An event of the log cannot be projected: what there is of a generation is of no use. */
export class CannotBeProjected extends Error {
  constructor(batch: readonly RecordedEvent[], cause: Error) {
    const [first, last] = [batch[0]!.position, batch.at(-1)!.position];
    super(`Of the events at the positions ${first} to ${last} one cannot be projected: ${cause.message}`, { cause });
    this.name = 'CannotBeProjected';
  }
}

/**
 * Fills a generation that nobody else feeds, from where its checkpoints stand up to the present head of the log: reads and folds in memory
 * while the store writes what has left it. Resolves with the number of events when all is durable, checkpoints included. Throws CannotBeProjected, and what
 * EventLog.readAll throws.
 */
export async function fill(
  log: EventLog,
  generation: Generation,
  { onProgress, signal, maxBatch = 1_000, ...options }: FillOptions = {},
): Promise<number> {
  const fillings = generation.projections.map((projection) =>
    fillingOf(generation, projection, { ...usually, ...options }),
  );
  const after = await reachedBy(generation);
  const upTo = (await log.head()) ?? -1n;
  let events = 0;
  let last: RecordedEvent | undefined;
  const take = async (batch: RecordedEvent[]) => {
    signal?.throwIfAborted();
    for (const filling of fillings)
      await filling.take(batch).catch((error: Error) => {
        throw error instanceof MongoError ? error : new CannotBeProjected(batch, error);
      });
    events += batch.length;
    last = batch.at(-1) ?? last;
    if (last) onProgress?.(last.position, events);
  };

  let batch: RecordedEvent[] = [];
  for await (const event of log.readAll(after === undefined ? {} : { after })) {
    if (event.position > upTo) break;
    batch.push(event);
    if (batch.length < maxBatch) continue;
    await take(batch);
    batch = [];
  }
  await take(batch);
  for (const filling of fillings) await filling.finish();
  if (last) for (const { name } of generation.projections) await generation.checkpoints.record(name, last);
  return events;
}

/** Undefined where one of its projections has not begun. */
async function reachedBy({ projections, checkpoints }: Generation): Promise<bigint | undefined> {
  const positions = await Promise.all(projections.map(({ name }) => checkpoints.position(name)));
  return positions.reduce((one, other) =>
    one === undefined || other === undefined ? undefined : one < other ? one : other,
  );
}

/** What has no filling of its own takes events as it always does. */
function fillingOf({ collections }: Generation, projection: Projection, options: FillingOptions): Filling {
  switch (projection.name) {
    case 'incidents':
      return new IncidentsFilling(collections, options);
    case 'alerts':
      return new AlertsFilling(collections, options);
    default:
      return { take: (batch) => projection.apply(batch), finish: async () => undefined };
  }
}
