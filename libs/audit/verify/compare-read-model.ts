import type { EventLog } from '#event-store';
import { streams } from '#incidents';
import { incidentAt } from '#read-model';
import type { IncidentDocument } from '#read-model';
import type { FoldedIncidents } from '../folded-incidents.js';
import { Faults } from './faults.js';

export interface ReadModelComparison {
  /** Documents that were compared. */
  readonly documents: number;
  readonly faults: Faults;
}

export interface CompareOptions {
  /** All documents of the read model; nothing in it goes away. */
  readonly documents: AsyncIterable<IncidentDocument>;
  /** How far the read model had come before the documents were read; undefined where it has not begun. */
  readonly shownUpTo: bigint | undefined;
  readonly incidents: FoldedIncidents;
  /** For documents that are older or newer than the fold. */
  readonly log: EventLog;
}

/**
 * Compares each document of the read model with the fold of its incident's stream at the document's revision: Docket may go on
 * meanwhile. Throws what EventLog.read throws.
 */
export async function compareReadModel({
  documents,
  shownUpTo,
  incidents,
  log,
}: CompareOptions): Promise<ReadModelComparison> {
  const faults = new Faults();
  const seen = new Set<string>();
  for await (const document of documents) {
    const { _id, revision } = document;
    seen.add(_id);
    const folded = incidents.get(_id);
    const wanted = folded?.revision === revision ? folded : await incidentAt(log, _id, { revision });
    const place = { stream: streams.incident(_id), revision };
    if (!wanted) faults.add(place, 'is shown by the read model, and is not in the log');
    else
      for (const name of differences(document, wanted))
        faults.add(place, `is shown with another ${name} than the log tells`);
  }
  for (const { _id, revision, position } of incidents)
    if (!seen.has(_id) && shownUpTo !== undefined && position <= shownUpTo)
      faults.add({ stream: streams.incident(_id), revision }, 'is missing in the read model');
  return { documents: seen.size, faults };
}

/** The document holds more than the fold: what the queue is searched and ordered by. */
function differences(document: IncidentDocument, folded: IncidentDocument): string[] {
  return (Object.keys(folded) as (keyof IncidentDocument)[]).filter(
    (name) => textOf(document[name]) !== textOf(folded[name]),
  );
}

const textOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
