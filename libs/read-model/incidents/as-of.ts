import type { EventLog, RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { IncidentEvent } from '#incidents';
import { FoldedIncident } from './folded-incident.js';
import type { IncidentDocument } from './incident-document.js';

/** At a revision of the incident, at a time (what happened at that very millisecond included), or as it is now. */
export type Moment = { readonly revision: number } | { readonly asOf: Date } | 'now';

/**
 * The incident as it was: the same fold that the queue shows, stopped early. Undefined where there was none then, or where its stream
 * has not come to that revision. Throws what EventLog.read throws.
 */
export async function incidentAt(
  log: EventLog,
  incidentId: string,
  moment: Moment,
): Promise<IncidentDocument | undefined> {
  const isAfter = after(moment);
  const folded = new FoldedIncident();
  for await (const event of log.read(streams.incident(incidentId), bound(moment))) {
    if (isAfter(event)) break;
    folded.apply(event as RecordedEvent<IncidentEvent>);
  }
  const { document } = folded;
  const wanted = typeof moment === 'object' && 'revision' in moment ? moment.revision : undefined;
  return wanted === undefined || document?.revision === wanted ? document : undefined;
}

function after(moment: Moment): (event: RecordedEvent) => boolean {
  if (moment === 'now') return () => false;
  if ('revision' in moment) return ({ revision }) => revision > moment.revision;
  const asOf = moment.asOf.toISOString();
  return ({ metadata }) => metadata.at > asOf;
}

const bound = (moment: Moment) =>
  typeof moment === 'object' && 'revision' in moment ? { max: Math.max(0, moment.revision) + 1 } : {};
