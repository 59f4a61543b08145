import { InvalidArgumentError } from 'commander';
import type { Query } from '../connection/docket-client.js';

/** Up to when the log is replayed: what stands at the position, or happened in that very millisecond, still belongs to it. */
export type Moment = { readonly position: bigint } | { readonly time: Date };

const withZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;

/** For commander: a position, or a time of ISO 8601 with its zone. */
export function momentOf(value: string): Moment {
  if (/^\d{1,19}$/.test(value) && BigInt(value) < 2n ** 63n) return { position: BigInt(value) };
  const time = new Date(value);
  if (!withZone.test(value) || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('Give a position, like 4711, or a time with its zone, like 2026-11-23T12:00:00Z.');
  return { time };
}

/** As GET /v1/events asks for it, where the end of a time is exclusive. */
export const boundOf = (moment: Moment): Query =>
  'position' in moment ? { upTo: String(moment.position) } : { to: new Date(moment.time.getTime() + 1).toISOString() };

export const inWords = (moment: Moment): string =>
  'position' in moment ? `position ${moment.position}` : moment.time.toISOString();
