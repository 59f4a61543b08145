import type { EventLog, RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { IncidentEvent } from '#incidents';
import { openCursor, sealCursor } from '../cursor.js';
import { historyEntry } from './history-entry.js';
import type { HistoryEntry } from './history-entry.js';

export interface HistoryQuery {
  /** Default `asc`: the oldest first. */
  readonly order?: 'asc' | 'desc' | undefined;
  readonly kind?: HistoryEntry['kind'] | undefined;
  /** Id or name of whoever did it. */
  readonly actor?: string | undefined;
  /** Entries that are about this alert or touched it. */
  readonly alertId?: string | undefined;
  /** From is inclusive, to is exclusive. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** 1 to 200, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface HistoryPage {
  /** May be fewer than `limit`, even none, though there is a `nextCursor`: a page looks at 5,000 events at most. */
  readonly value: HistoryEntry[];
  readonly nextCursor: string | null;
}

const eventsPerPage = 5_000;

/**
 * Comments and history of an incident, read from its stream: what is acknowledged is there. Undefined where there is no such
 * incident. Throws InvalidCursor, and what EventLog.read throws.
 */
export async function historyPage(
  log: EventLog,
  incidentId: string,
  { limit = 50, cursor, order = 'asc', ...filter }: HistoryQuery = {},
): Promise<HistoryPage | undefined> {
  const { from, to } = filter;
  const query = { historyOf: incidentId, order, ...filter };
  const start = cursor === undefined ? undefined : openCursor(query, cursor, isPlace).next;
  const matches = filterOf(filter);
  const isPast = order === 'asc' ? later(to) : earlier(from);

  const value: HistoryEntry[] = [];
  let looked = 0;
  let next: number | undefined;
  const events = log.read(streams.incident(incidentId), {
    direction: order === 'asc' ? 'forwards' : 'backwards',
    ...(start === undefined ? {} : { from: start }),
    max: (isEmpty(filter) ? limit : eventsPerPage) + 1,
  });
  for await (const event of events) {
    if (isPast(event.metadata.at)) break;
    const entry = historyEntry(event as RecordedEvent<IncidentEvent>);
    const shown = matches(entry);
    if (looked === eventsPerPage || (shown && value.length === limit)) {
      next = event.revision;
      break;
    }
    looked += 1;
    if (shown) value.push(entry);
  }

  if (looked === 0 && next === undefined && !(await exists(log, incidentId))) return undefined;
  return { value, nextCursor: next === undefined ? null : sealCursor(query, { next }) };
}

const isEmpty = (filter: object): boolean => Object.values(filter).every((value) => value === undefined);

async function exists(log: EventLog, incidentId: string): Promise<boolean> {
  for await (const first of log.read(streams.incident(incidentId), { max: 1 })) return first.revision === 0;
  return false;
}

function filterOf({ kind, actor, alertId, from, to }: HistoryQuery): (entry: HistoryEntry) => boolean {
  const tooEarly = earlier(from);
  const tooLate = later(to);
  return (entry) =>
    (kind === undefined || entry.kind === kind) &&
    (actor === undefined || entry.actor.id === actor || entry.actor.name === actor) &&
    (alertId === undefined || entry.alertId === alertId || (entry.alertIds?.includes(alertId) ?? false)) &&
    !tooEarly(entry.at) &&
    !tooLate(entry.at);
}

/** Times never decrease within a stream: what is past a bound stays past it. */
const earlier = (from: Date | undefined) => (at: string) => from !== undefined && at < from.toISOString();
const later = (to: Date | undefined) => (at: string) => to !== undefined && at >= to.toISOString();

function isPlace(place: unknown): place is { next: number } {
  const { next } = (place ?? {}) as Record<string, unknown>;
  return Number.isSafeInteger(next) && (next as number) >= 0;
}
