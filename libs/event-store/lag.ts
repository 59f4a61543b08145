import type { RecordedEvent } from './event.js';
import type { EventLog } from './event-log.js';

/** How far somebody who goes through the log is behind its end. */
export interface Lag {
  /** Events that were not handled yet, where that is known. */
  readonly events?: number;
  /**
   * Age of the oldest event that was not handled yet, by the time that it bears and this machine's clock; 0 where there is none, left
   * out where the event bears no time. In a copied or restored log events are as old as they were in the first one.
   */
  readonly seconds?: number;
  /** 0n: none was handled. */
  readonly position: bigint;
  /** 0n: the store is empty. */
  readonly head: bigint;
}

/** Of somebody who has handled everything up to `position` (undefined: nothing). Asks the store. Throws StoreUnavailable. */
export async function lagBehind(log: EventLog, position: bigint | undefined): Promise<Lag> {
  const head = (await log.head()) ?? 0n;
  const at = { position: position ?? 0n, head };
  if (at.position >= head) return { events: 0, seconds: 0, ...at };
  const seconds = await ageOfNext(log, position);
  return { ...(seconds !== undefined && { seconds }), ...at };
}

/** Seconds; 0 where there is no event after `position`. */
export async function ageOfNext(log: EventLog, position: bigint | undefined): Promise<number | undefined> {
  const after = position === undefined ? {} : { after: position };
  for await (const event of log.readAll({ ...after, max: 1, asStored: true })) return ageOf(event);
  return 0;
}

/** Seconds. `event` may be a stranger's, as it was stored. */
export function ageOf(event: RecordedEvent): number | undefined {
  const { at } = (event.metadata ?? {}) as { at?: unknown };
  const written = typeof at === 'string' ? Date.parse(at) : NaN;
  return Number.isNaN(written) ? undefined : Math.max(0, (Date.now() - written) / 1_000);
}
