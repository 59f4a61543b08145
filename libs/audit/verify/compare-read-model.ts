import type { EventLog } from '#event-store';
import { streams } from '#incidents';
import { documentOf, incidentAt, withSearchFields } from '#read-model';
import type { AlertDocument, Entity, EntityDocument, IncidentDocument } from '#read-model';
import { withHash } from '../folded-alerts.js';
import type { FoldedAlerts } from '../folded-alerts.js';
import type { FoldedIncidents } from '../folded-incidents.js';
import { Faults } from './faults.js';

export interface ReadModelComparison {
  /** Documents that were compared, of incidents, of their entities, and of alerts. */
  readonly documents: number;
  readonly faults: Faults;
}

/** How far each projection had come before the documents were read; undefined where it had not begun. */
export interface ShownUpTo {
  readonly incidents: bigint | undefined;
  readonly alerts: bigint | undefined;
}

export interface CompareOptions {
  /** All documents of the read model; nothing in it goes away. */
  readonly documents: {
    readonly incidents: AsyncIterable<IncidentDocument & { readonly parked?: true }>;
    /** Those of one incident together. */
    readonly entities: AsyncIterable<EntityDocument>;
    readonly alerts: AsyncIterable<AlertDocument>;
  };
  readonly shownUpTo: ShownUpTo;
  /** The fold of the log up to `foldedUpTo`. That of the alerts is used up. */
  readonly incidents: FoldedIncidents;
  readonly alerts: FoldedAlerts;
  readonly foldedUpTo: bigint;
  /** For documents of incidents that are newer than the fold. */
  readonly log: EventLog;
}

/**
 * Compares the documents of the read model with the fold of the log, what is searched by included: Docket may go on meanwhile. A
 * document that is older than the projection had come to lost a write; one that is parked is told as that alone. An alert or entity that changed after `foldedUpTo` is left out; an
 * incident is folded anew. Throws what EventLog.read throws.
 */
export async function compareReadModel(options: CompareOptions): Promise<ReadModelComparison> {
  const faults = new Faults();
  const parked = new Set<string>();
  const incidents = await compareIncidents(options, faults, parked);
  const entities = await compareEntities(options, faults, parked);
  return { documents: incidents + entities + (await compareAlerts(options, faults)), faults };
}

async function compareIncidents(
  { documents, shownUpTo, incidents, log }: CompareOptions,
  faults: Faults,
  parked: Set<string>,
): Promise<number> {
  const hasShown = ({ position }: IncidentDocument) => position <= (shownUpTo.incidents ?? -1n);
  const seen = new Set<string>();
  for await (const document of documents.incidents) {
    const { _id, revision } = document;
    seen.add(_id);
    if (document.parked) {
      parked.add(_id);
      faults.add({ stream: streams.incident(_id), revision }, isParked);
      continue;
    }
    const folded = incidents.get(_id);
    const wanted = folded?.revision === revision ? folded : await incidentAt(log, _id, { revision });
    const place = { stream: streams.incident(_id), revision };
    if (!wanted) faults.add(place, notInTheLog);
    else if (folded && folded.revision > revision && hasShown(folded)) faults.add(place, lost(folded.position));
    else tellDifferences(document, withSearchFields(wanted), place, faults);
  }
  for (const folded of incidents)
    if (!seen.has(folded._id) && hasShown(folded))
      faults.add({ stream: streams.incident(folded._id), revision: folded.revision }, missing);
  return seen.size;
}

async function compareEntities(
  { documents, shownUpTo, incidents, foldedUpTo }: CompareOptions,
  faults: Faults,
  parked: ReadonlySet<string>,
): Promise<number> {
  const shown = shownUpTo.incidents ?? -1n;
  const unseen = new Set([...incidents.ids()].filter((id) => !parked.has(id)));
  let compared = 0;
  let incidentId = '';
  let folded = new Map<string, Readonly<Entity>>();
  const place = () => ({ stream: streams.incident(incidentId), revision: incidents.get(incidentId)?.revision ?? 0 });
  const tellMissing = () => {
    for (const { key, position } of folded.values())
      if (position <= shown) faults.add(place(), entityCalled(key) + missing);
  };
  const turnTo = (next: string) => {
    tellMissing();
    incidentId = next;
    folded = new Map(Array.from(incidents.entitiesOf(next), (entity) => [entity.key, entity]));
    unseen.delete(next);
  };

  for await (const document of documents.entities) {
    if (parked.has(document.incidentId)) continue;
    if (document.incidentId !== incidentId) turnTo(document.incidentId);
    const entity = folded.get(document.key);
    folded.delete(document.key);
    if (document.position > foldedUpTo) continue;
    compared++;
    const called = entityCalled(document.key);
    if (!entity) faults.add(place(), called + notInTheLog);
    else if (entity.position <= document.position)
      tellDifferences(document, documentOf(incidentId, entity), place(), faults, called);
    else if (entity.position <= shown) faults.add(place(), called + lost(entity.position));
  }
  for (const next of unseen) turnTo(next);
  tellMissing();
  return compared;
}

const entityCalled = (key: string): string => `entity ${key} `;

async function compareAlerts(
  { documents, shownUpTo, alerts, foldedUpTo }: CompareOptions,
  faults: Faults,
): Promise<number> {
  const shown = shownUpTo.alerts ?? -1n;
  let compared = 0;
  for await (const document of documents.alerts) {
    const { _id, position } = document;
    const folded = alerts.get(_id);
    alerts.delete(_id);
    if (position > foldedUpTo) continue;
    compared++;
    const place = { stream: streams.alert(_id), revision: 0 };
    if (document.parkedWith !== undefined) faults.add(place, isParked);
    else if (!folded) faults.add(place, notInTheLog);
    else if (folded.position <= position) tellDifferences(withHash(document), folded, place, faults);
    else if (folded.position <= shown) faults.add(place, lost(folded.position));
  }
  for (const { _id, reportedPosition } of alerts)
    if (reportedPosition <= shown) faults.add({ stream: streams.alert(_id), revision: 0 }, missing);
  return compared;
}

/** The log is whole, and the read model knows that it does not show it: docket unpark mends that. */
const isParked = 'is parked, and not shown: docket unpark tells why';
const notInTheLog = 'is shown by the read model, and is not in the log';
const missing = 'is missing in the read model';
const lost = (position: bigint): string =>
  `is shown as it was before position ${position}, up to which the read model has come`;

function tellDifferences(
  shown: object,
  wanted: object,
  place: Parameters<Faults['add']>[0],
  faults: Faults,
  called = '',
): void {
  const values = [shown, wanted] as Readonly<Record<string, unknown>>[];
  for (const name of new Set(values.flatMap(Object.keys))) {
    const [one, other] = values.map((document) => textOf(document[name] ?? null));
    if (one !== other) faults.add(place, `${called}is shown with another ${name} than the log tells`);
  }
}

const textOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
