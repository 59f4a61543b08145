import type { AnyBulkWriteOperation } from 'mongodb';
import type { EventLog, RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { IncidentEvent } from '#incidents';
import type { Collections } from '../collections.js';
import { documentOf, entityOf, gone } from '../incidents/entity.js';
import type { Entity, EntityDocument } from '../incidents/entity.js';
import { isIncidentEvent } from '../events-of.js';
import { FoldedEntities } from '../incidents/folded-entities.js';
import { FoldedIncident } from '../incidents/folded-incident.js';
import { withSearchFields } from '../queue/incident-search.js';
import { fold, grouped } from '../incidents/incidents-projection.js';
import type { Changed, Folded } from '../incidents/incidents-projection.js';
import { isPoison } from '../parking/poison.js';
import { TagSpellings } from '../tags/tag-spellings.js';
import type { Filling, FillingOptions } from './filling.js';
import { usually } from './filling.js';
import { WriteBehind, replacementBy, unordered } from './write-behind.js';

interface Held extends Folded {
  /** Nothing of it has been written. */
  readonly isNew: boolean;
  /** Where it is not new: its entities that are to be written. */
  readonly changed: Set<Entity>;
  /** Position of its merge, where that is to be written. */
  readonly mergedAt: bigint | undefined;
  /** Roughly, in bytes. */
  readonly size: number;
}

const bytesOfRow = 2_000;
const bytesOfEntity = 350;
/** Of what must make room, so much more goes, that it goes in portions. */
const kept = 0.75;

/**
 * Documents of `incidents`, `entities` and `tags`: each row and each entity leaves memory when it has not changed for longest, or at the end. So one that is worked on
 * and then rests is written once, however many events it has. One that changes again is read, and written again.
 */
export class IncidentsFilling implements Filling {
  /** The longest unchanged first. */
  readonly #held = new Map<string, Held>();
  #bytes = 0;
  readonly #writing: WriteBehind;
  readonly #tags: TagSpellings;

  constructor(
    private readonly log: Pick<EventLog, 'read'>,
    private readonly collections: Pick<Collections, 'incidents' | 'entities' | 'tags'>,
    private readonly options: FillingOptions = usually,
  ) {
    this.#writing = new WriteBehind(options.restRatio);
    this.#tags = new TagSpellings(collections.tags);
  }

  async take(batch: readonly RecordedEvent[]): Promise<void> {
    const byIncident = grouped(batch);
    const away = [...byIncident].filter(([id, [first]]) => !this.#held.has(id) && first!.revision > 0);
    if (away.length > 0) await this.#load(away.map(([id]) => id));
    for (const [incidentId, events] of byIncident) {
      const before = this.#held.get(incidentId) ?? nothing();
      const after = await this.#fold(incidentId, before, events);
      if (!before.isNew) for (const entity of after.changedEntities) before.changed.add(entity);
      this.#hold(incidentId, { ...before, row: after.row, mergedAt: after.mergedAt ?? before.mergedAt });
    }
    await this.#tags.apply(batch.filter(isIncidentEvent));
    if (this.#bytes > this.options.keptBytes) await this.#write(this.#oldest());
  }

  /** Folding changes what it is given: where it fails midway, all that led there is folded anew. */
  async #fold(incidentId: string, before: Held, events: readonly RecordedEvent<IncidentEvent>[]): Promise<Changed> {
    try {
      return fold(incidentId, before, events);
    } catch (error) {
      const { document, entities } = await foldedBefore(this.log, incidentId);
      if (document) this.#hold(incidentId, { ...before, row: document, entities, changed: new Set(entities) });
      throw error;
    }
  }

  async finish(): Promise<void> {
    await this.#write(this.#takeAway([...this.#held.keys()]));
    await this.#writing.settled();
  }

  #hold(incidentId: string, { size: before, ...held }: Held): void {
    const size = bytesOfRow + (held.entities?.size ?? 0) * bytesOfEntity;
    this.#bytes += size - (this.#held.has(incidentId) ? before : 0);
    this.#held.delete(incidentId);
    this.#held.set(incidentId, { ...held, size });
  }

  #oldest(): [string, Held][] {
    const ids: string[] = [];
    let bytes = this.#bytes;
    for (const [id, { size }] of this.#held) {
      if (bytes <= this.options.keptBytes * kept) break;
      ids.push(id);
      bytes -= size;
    }
    return this.#takeAway(ids);
  }

  #takeAway(ids: readonly string[]): [string, Held][] {
    return ids.map((id) => {
      const held = this.#held.get(id)!;
      this.#held.delete(id);
      this.#bytes -= held.size;
      return [id, held];
    });
  }

  /** Those that were written. Their entities too: which of them an event will speak of, only the event knows. */
  async #load(incidentIds: readonly string[]): Promise<void> {
    await this.#writing.settled();
    const which = [...incidentIds];
    const entities = new Map<string, Entity[]>(which.map((incidentId) => [incidentId, []]));
    const rows = await this.collections.incidents.find({ _id: { $in: which } }).toArray();
    for await (const document of this.collections.entities.find({ incidentId: { $in: which } }))
      entities.get(document.incidentId)!.push(entityOf(document));
    for (const row of rows)
      this.#hold(row._id, {
        row,
        entities: new FoldedEntities(entities.get(row._id)),
        isNew: false,
        changed: new Set(),
        mergedAt: undefined,
        size: 0,
      });
  }

  async #write(all: readonly [string, Held][]): Promise<void> {
    const { incidents, entities } = this.collections;
    const documents: EntityDocument[] = [];
    const replaced: AnyBulkWriteOperation<EntityDocument>[] = [];
    for (const [incidentId, { isNew, changed, entities: its }] of all)
      if (isNew) for (const entity of its ?? []) documents.push(documentOf(incidentId, entity));
      else for (const entity of changed) replaced.push(replacementBy(documentOf(incidentId, entity)));
    const rows = all.filter(([, { row }]) => row);
    const newRows = rows.filter(([, { isNew }]) => isNew).map(([, { row }]) => withSearchFields(row!));
    const others = rows.filter(([, { isNew }]) => !isNew).map(([, { row }]) => replacementBy(withSearchFields(row!)));

    const writing = this.#writing;
    await writing.inPortions(
      documents,
      () => bytesOfEntity,
      (some) => entities.insertMany(some, unordered),
    );
    await writing.inPortions(
      replaced,
      () => bytesOfEntity,
      (some) => entities.bulkWrite(some, unordered),
    );
    await writing.inPortions(
      newRows,
      () => bytesOfRow,
      (some) => incidents.insertMany(some, unordered),
    );
    await writing.inPortions(
      others,
      () => bytesOfRow,
      (some) => incidents.bulkWrite(some, unordered),
    );
    for (const [incidentId, { mergedAt, isNew }] of all) {
      if (mergedAt === undefined || isNew) continue;
      await writing.settled();
      const older = { incidentId: { $eq: incidentId }, position: { $lt: mergedAt } };
      await entities.updateMany(older, { $set: { ...gone, position: mergedAt } });
    }
  }
}

/** As far as it can be folded. An event that cannot be leaves it half changed: so it is found first, and then left out. */
async function foldedBefore(log: Pick<EventLog, 'read'>, incidentId: string): Promise<FoldedIncident> {
  const tried = await foldedUpTo(log, incidentId);
  return tried.failedAt === undefined ? tried.folded : (await foldedUpTo(log, incidentId, tried.failedAt)).folded;
}

async function foldedUpTo(log: Pick<EventLog, 'read'>, incidentId: string, end = Infinity) {
  const folded = new FoldedIncident();
  let next = 0;
  try {
    for await (const event of log.read(streams.incident(incidentId))) {
      if (event.revision >= end) break;
      folded.apply(event as RecordedEvent<IncidentEvent>);
      next = event.revision + 1;
    }
    return { folded };
  } catch (error) {
    if (!isPoison(error)) throw error;
    return { folded, failedAt: next };
  }
}

const nothing = (): Held => ({
  row: undefined,
  entities: new FoldedEntities(),
  isNew: true,
  changed: new Set(),
  mergedAt: undefined,
  size: 0,
});
