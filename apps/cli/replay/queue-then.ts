import { FoldedIncidents } from '#audit';
import type { EventCatalogue, RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { IncidentEvent } from '#incidents';
import { presentIncident } from '#read-model';
import type { IncidentDocument, PresentedIncident } from '#read-model';

/** Which incidents, of those that are not redirected unless `status` asks for them. Several values of one property: any of them; several properties: all of them. */
export interface QueueThenFilter {
  readonly status?: readonly string[] | undefined;
  readonly severity?: readonly string[] | undefined;
  /** `none`: nobody. */
  readonly assignedTo?: readonly string[] | undefined;
}

/** The queue as it was: those that changed last first. */
export interface QueueThen {
  readonly value: readonly PresentedIncident[];
  /** How many incidents match. */
  readonly total: number;
  /** Of the last event of an incident that was seen, decimal; null where there was none. */
  readonly position: string | null;
}

export interface QueueThenOptions {
  /** Events of incidents, as stored, in the order of positions. */
  readonly events: AsyncIterable<RecordedEvent>;
  readonly catalogue: EventCatalogue;
  readonly filter: QueueThenFilter;
  /** From 1. */
  readonly limit: number;
  readonly onProgress?: (position: bigint) => void;
}

const ofIncidents = streams.incident('');

/** Folds all incidents in memory, some 2 kB for each. Throws what reading throws, and where an event cannot be folded. */
export async function queueThen({
  events,
  catalogue,
  filter,
  limit,
  onProgress,
}: QueueThenOptions): Promise<QueueThen> {
  const folded = new FoldedIncidents();
  let position: bigint | null = null;
  for await (const stored of events) {
    const event = catalogue.decode(stored) as RecordedEvent<IncidentEvent>;
    folded.apply(event, event.stream.slice(ofIncidents.length));
    ({ position } = event);
    onProgress?.(position);
  }
  return { ...latest(folded, filter, limit), position: position?.toString() ?? null };
}

/** Of a hundred thousand only those that are shown are held at the same time. */
function latest(
  incidents: Iterable<IncidentDocument>,
  filter: QueueThenFilter,
  limit: number,
): Pick<QueueThen, 'value' | 'total'> {
  const matches = filterOf(filter);
  let total = 0;
  let first: IncidentDocument[] = [];
  for (const document of incidents) {
    if (!matches(document)) continue;
    total++;
    first.push(document);
    if (first.length >= 2 * limit + 1_000) first = first.sort(laterFirst).slice(0, limit);
  }
  return { value: first.sort(laterFirst).slice(0, limit).map(presentIncident), total };
}

/** As the queue orders them: the number decides where the times are the same. */
function laterFirst(one: IncidentDocument, other: IncidentDocument): number {
  if (one.lastUpdateDateTime === other.lastUpdateDateTime) return other.number - one.number;
  return one.lastUpdateDateTime < other.lastUpdateDateTime ? 1 : -1;
}

function filterOf({ status, severity, assignedTo }: QueueThenFilter): (document: IncidentDocument) => boolean {
  const among = (values: readonly string[] | undefined) => (value: string) => values?.includes(value) ?? true;
  const [hasSeverity, hasOwner] = [severity, assignedTo].map(among);
  const hasStatus = status ? among(status) : (value: string) => value !== 'redirected';
  return (document) =>
    hasStatus(document.status) && hasSeverity!(document.severity) && hasOwner!(document.assignedTo ?? 'none');
}
