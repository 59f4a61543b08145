import type { EventLog, RecordedEvent } from '#event-store';
import type { Generation } from '../generations/generation.js';
import { ParkingProjection } from '../parking/parking-projection.js';
import { isPoison } from '../parking/poison.js';
import type { Projection } from '../projection.js';
import { AlertsFilling } from './alerts-filling.js';
import type { Filling, FillingOptions } from './filling.js';
import { usually } from './filling.js';
import { IncidentsFilling } from './incidents-filling.js';
import { MetricsFilling } from './metrics-filling.js';

export interface FillOptions extends Partial<FillingOptions> {
  /** Called after each batch, with what was taken so far: the position of the last event, and how many they are. */
  readonly onProgress?: (position: bigint, events: number) => void;
  /** Told what is parked. */
  readonly report?: (message: string) => void;
  /** Rejects with its reason when it is aborted. */
  readonly signal?: AbortSignal;
  readonly maxBatch?: number;
}

/**
 * Fills a generation that nobody else feeds, from where its checkpoints stand up to the present head of the log: reads and folds in memory
 * while the store writes what has left it. Resolves with the number of events when all is durable, checkpoints included. Throws TooMuchParked
 * and what EventLog.readAll throws.
 */
export async function fill(
  log: EventLog,
  generation: Generation,
  { onProgress, report = () => undefined, signal, maxBatch = 1_000, ...options }: FillOptions = {},
): Promise<number> {
  const after = await reachedBy(generation);
  const upTo = (await log.head()) ?? -1n;
  const parts: Part[] = [];
  for (const projection of generation.projections) {
    const filling = fillingOf(log, generation, projection, { ...usually, ...options });
    const parking = new ParkingProjection(projection, { log, parked: generation.collections.parked, report });
    parts.push(await Part.begin(parking, filling));
  }

  let events = 0;
  let last: RecordedEvent | undefined;
  const take = async (batch: RecordedEvent[]) => {
    signal?.throwIfAborted();
    if (batch.length === 0) return;
    await Promise.all(parts.map((part) => part.take(batch)));
    events += batch.length;
    last = batch.at(-1)!;
    onProgress?.(last.position, events);
  };

  let batch: RecordedEvent[] = [];
  for await (const event of log.readAll({ ...(after !== undefined && { after }), withUnreadable: true })) {
    if (event.position > upTo) break;
    batch.push(event);
    if (batch.length < maxBatch) continue;
    await take(batch);
    batch = [];
  }
  await take(batch);
  await Promise.all(parts.map((part) => part.finish()));
  if (last) for (const { name } of generation.projections) await generation.checkpoints.record(name, last);
  return events;
}

/** One projection's part: in bulk up to the first event that cannot be projected; from there on as a projector does it, which parks. */
class Part {
  private constructor(
    private readonly parking: ParkingProjection,
    private filling: Filling | undefined,
  ) {}

  static async begin(parking: ParkingProjection, filling: Filling): Promise<Part> {
    await parking.begin();
    return new Part(parking, parking.hasParked ? undefined : filling);
  }

  async take(batch: readonly RecordedEvent[]): Promise<void> {
    try {
      if (this.filling) return await this.filling.take(batch);
    } catch (error) {
      if (!isPoison(error)) throw error;
      await this.finish();
    }
    await this.parking.apply(batch);
  }

  async finish(): Promise<void> {
    await this.filling?.finish();
    this.filling = undefined;
  }
}

/** Undefined where one of its projections has not begun. */
async function reachedBy({ projections, checkpoints }: Generation): Promise<bigint | undefined> {
  const positions = await Promise.all(projections.map(({ name }) => checkpoints.position(name)));
  return positions.reduce((one, other) =>
    one === undefined || other === undefined ? undefined : one < other ? one : other,
  );
}

function fillingOf(log: EventLog, { collections }: Generation, { name }: Projection, options: FillingOptions): Filling {
  switch (name) {
    case 'incidents':
      return new IncidentsFilling(log, collections, options);
    case 'alerts':
      return new AlertsFilling(collections, options);
    case 'metrics':
      return new MetricsFilling(collections, options);
  }
}
