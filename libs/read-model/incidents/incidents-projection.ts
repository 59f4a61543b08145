import { LRUCache } from 'lru-cache';
import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import { alertsComing } from './alerts-coming.js';
import type { Collections } from '../collections.js';
import { documentOf, entityOf, gone } from './entity.js';
import type { Entity, EntityDocument } from './entity.js';
import { incidentIdOf, isIncidentEvent } from '../events-of.js';
import { FoldedEntities } from './folded-entities.js';
import { FoldedIncident, withAssets } from './folded-incident.js';
import { writeGuarded } from '../guarded-write.js';
import type { IncidentDocument } from './incident-document.js';
import { withSearchFields } from '../queue/incident-search.js';
import { projectIncident } from './project-incident.js';
import type { Parked } from '../parking/parked.js';
import { nothingParked } from '../projection.js';
import type { ParkedStreams, Projection, StreamReader } from '../projection.js';
import { TagSpellings } from '../tags/tag-spellings.js';

/** What is in memory of an incident. `entities`: undefined until an alert comes or goes. */
export interface Folded {
  readonly row: IncidentDocument | undefined;
  readonly entities: FoldedEntities | undefined;
}

/** What a batch changes in an incident. */
export interface Changed extends Folded {
  readonly incidentId: string;
  /** The row before was older, or there was none. */
  readonly rowChanged: boolean;
  readonly isNew: boolean;
  readonly changedEntities: readonly Entity[];
  /** Position of its merge, which ends all its entities. */
  readonly mergedAt: bigint | undefined;
}

/** Rows and entities that are kept in memory together; some 100 MB. An incident that has more of them is kept alone. */
const mostKept = 300_000;

/**
 * Documents of the collections `incidents`, `entities` and `tags`: takes those that the batch speaks of, folds, writes each once. An event writes
 * what it speaks of and the row, however large the incident is.
 *
 * The entities are written first, then the rows, then the checkpoint. So what is read is never behind the row: after a crash in between, or
 * where another projector is ahead, an entity may reflect events that the row does not. Events that it reflects leave it alone. Where it
 * reflects more than the row will after this batch, the row would count assets that are still to come: then what the incident was about
 * is folded from its stream.
 *
 * The row of a parked incident is marked, and written by nobody but `refold`.
 */
export class IncidentsProjection implements Projection {
  readonly name = 'incidents';
  readonly #incidents: Collections['incidents'];
  readonly #entities: Collections['entities'];
  readonly #tags: TagSpellings;
  /** What was written last. As one who follows sees all events, each is the fold of its own, whoever else writes meanwhile. */
  readonly #folded = new LRUCache<string, Folded>({
    max: 2_000,
    maxSize: mostKept,
    sizeCalculation: ({ entities }) => Math.min(1 + (entities?.size ?? 0), mostKept),
  });

  #streams: StreamReader | undefined;

  constructor({ incidents, entities, tags }: Pick<Collections, 'incidents' | 'entities' | 'tags'>) {
    this.#incidents = incidents;
    this.#entities = entities;
    this.#tags = new TagSpellings(tags);
  }

  begin(streams?: StreamReader): void {
    this.#streams = streams ?? this.#streams;
    this.#folded.clear();
    this.#tags.begin();
  }

  async apply(batch: readonly RecordedEvent[], parked: ParkedStreams = nothingParked): Promise<void> {
    try {
      await this.#mark(batch.filter(({ stream }) => parked.has(stream)).filter(isIncidentEvent));
      await this.#apply(parked.size === 0 ? batch : batch.filter(({ stream }) => !parked.has(stream)));
    } catch (error) {
      this.begin(); // of what was folded nobody knows what was written
      throw error;
    }
  }

  async refold(log: StreamReader, { stream, id }: Parked, upTo: bigint): Promise<boolean> {
    const { folded, events } = await foldedFrom(log, stream, upTo);
    this.#tags.begin(); // what is known are later spellings
    await this.#tags.apply(events);
    const row = withSearchFields(folded.document!);
    const { position } = row;
    const entities = Array.from(folded.entities, (entity) => replacementBy(documentOf(id, entity), '$lte'));
    if (entities.length > 0) await writeGuarded(this.#entities, entities);
    const replaceOne = { filter: { _id: id, position: { $lte: position } }, replacement: row, upsert: true };
    await writeGuarded(this.#incidents, [{ replaceOne }]);
    await this.#incidents.updateOne({ _id: id, position: { $gte: position } }, { $unset: { parked: '' } });
    return true;
  }

  /** What was folded anew meanwhile is further on. */
  async #mark(passedOver: readonly RecordedEvent<IncidentEvent>[]): Promise<void> {
    const marks = [...grouped(passedOver)].map(([_id, events]) => ({
      updateOne: {
        filter: { _id, position: { $lt: events.at(-1)!.position } },
        update: { $set: { parked: true as const } },
      },
    }));
    if (marks.length > 0) await this.#incidents.bulkWrite(marks);
  }

  async #apply(batch: readonly RecordedEvent[]): Promise<void> {
    const byIncident = grouped(batch);
    if (byIncident.size === 0) return;
    const before = await this.#load(byIncident);
    const changed = [...byIncident].map(([incidentId, events]) => fold(incidentId, before.get(incidentId)!, events));
    await this.#tags.apply(batch.filter(isIncidentEvent));
    await this.#writeEntities(changed);
    await this.#writeRows(changed.filter(({ rowChanged }) => rowChanged));
    for (const { incidentId, row, entities } of changed) this.#folded.set(incidentId, { row, entities });
  }

  /** Out of the cache until it is written, as folding changes it in place and may make it larger. */
  async #load(byIncident: ReadonlyMap<string, readonly RecordedEvent<IncidentEvent>[]>): Promise<Map<string, Folded>> {
    const folded = new Map<string, Folded>();
    const withoutRow: string[] = [];
    const withoutEntities: string[] = [];
    for (const [incidentId, events] of byIncident) {
      const known = this.#folded.get(incidentId);
      this.#folded.delete(incidentId);
      folded.set(incidentId, known ?? { row: undefined, entities: undefined });
      if (!known?.row) withoutRow.push(incidentId);
      if (!known?.entities && events.some(alertsComing)) withoutEntities.push(incidentId);
    }
    const [rows, entities] = await Promise.all([this.#rowsOf(withoutRow), this.#entitiesOf(withoutEntities)]);
    for (const [incidentId, row] of rows) folded.set(incidentId, { ...folded.get(incidentId)!, row });
    for (const [incidentId, stored] of entities) {
      const { row } = folded.get(incidentId)!;
      folded.set(incidentId, { row, entities: await this.#asFarAs(row, byIncident.get(incidentId)!, stored) });
    }
    return folded;
  }

  /** What the incident was about before these events. */
  async #asFarAs(
    row: IncidentDocument | undefined,
    events: readonly RecordedEvent<IncidentEvent>[],
    stored: readonly Entity[],
  ): Promise<FoldedEntities> {
    const [{ position: first, stream }, { position: last }] = [events[0]!, events.at(-1)!];
    const [reflected, willReflect] = [later(row?.position, first - 1n), later(row?.position, last)];
    if (!this.#streams || stored.every(({ position }) => position <= willReflect)) return new FoldedEntities(stored);
    const { entities } = (await foldedFrom(this.#streams, stream, reflected)).folded;
    entities.takeChanged(); // they are stored
    return entities;
  }

  async #rowsOf(incidentIds: readonly string[]): Promise<Map<string, IncidentDocument>> {
    if (incidentIds.length === 0) return new Map();
    const rows = await this.#incidents.find({ _id: { $in: [...incidentIds] } }).toArray();
    return new Map(rows.map((row) => [row._id, row]));
  }

  async #entitiesOf(incidentIds: readonly string[]): Promise<Map<string, Entity[]>> {
    const found = new Map<string, Entity[]>(incidentIds.map((incidentId) => [incidentId, []]));
    if (found.size === 0) return found;
    for await (const document of this.#entities.find({ incidentId: { $in: [...incidentIds] } }))
      found.get(document.incidentId)!.push(entityOf(document));
    return found;
  }

  async #writeEntities(changed: readonly Changed[]): Promise<void> {
    const replacements = changed.flatMap(({ incidentId, changedEntities }) =>
      changedEntities.map((entity) => replacementBy(documentOf(incidentId, entity), '$lt')),
    );
    if (replacements.length > 0) await writeGuarded(this.#entities, replacements);
    for (const { incidentId, mergedAt } of changed) {
      if (mergedAt === undefined) continue;
      const older = { incidentId: { $eq: incidentId }, position: { $lt: mergedAt } };
      await this.#entities.updateMany(older, { $set: { ...gone, position: mergedAt } });
    }
  }

  async #writeRows(changed: readonly Changed[]): Promise<void> {
    const replacements = changed.map(({ incidentId, row, isNew }) => ({
      replaceOne: {
        filter: { _id: incidentId, position: { $lt: row!.position }, parked: { $ne: true as const } },
        replacement: withSearchFields(row!),
        upsert: isNew,
      },
    }));
    if (replacements.length > 0) await writeGuarded(this.#incidents, replacements);
  }
}

export function fold(incidentId: string, before: Folded, events: readonly RecordedEvent<IncidentEvent>[]): Changed {
  const reflected = before.row?.position;
  let { row } = before;
  const { entities } = before;
  for (const event of events) {
    row = projectIncident(row, event);
    entities?.apply(event);
  }
  if (row && entities && events.some(alertsComing)) withAssets(row, entities);
  return {
    incidentId,
    row,
    entities,
    rowChanged: row?.position !== reflected,
    isNew: reflected === undefined,
    changedEntities: entities?.takeChanged() ?? [],
    mergedAt: events.find(({ type }) => type === 'IncidentMerged')?.position,
  };
}

/** An incident as it was at a position, and the events that made it so. */
async function foldedFrom(log: StreamReader, stream: string, upTo: bigint) {
  const folded = new FoldedIncident();
  const events: RecordedEvent<IncidentEvent>[] = [];
  for await (const event of log.read(stream)) {
    if (event.position > upTo) break;
    events.push(event as RecordedEvent<IncidentEvent>);
    folded.apply(event as RecordedEvent<IncidentEvent>);
  }
  return { folded, events };
}

const later = (one: bigint | undefined, other: bigint): bigint => (one !== undefined && one > other ? one : other);

const replacementBy = (document: EntityDocument, than: '$lt' | '$lte') => ({
  replaceOne: {
    filter: { _id: document._id, position: { [than]: document.position } },
    replacement: document,
    upsert: true,
  },
});

export function grouped(batch: readonly RecordedEvent[]): Map<string, RecordedEvent<IncidentEvent>[]> {
  const byIncident = new Map<string, RecordedEvent<IncidentEvent>[]>();
  for (const event of batch) {
    if (!isIncidentEvent(event)) continue;
    const incidentId = incidentIdOf(event);
    const events = byIncident.get(incidentId);
    if (events) events.push(event);
    else byIncident.set(incidentId, [event]);
  }
  return byIncident;
}
