import { LRUCache } from 'lru-cache';
import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import { FoldedEntities, FoldedIncident } from '#read-model';
import type { Entity, IncidentDocument } from '#read-model';
import { PackedTexts } from './packed-texts.js';

export interface FoldedIncidentsOptions {
  /**
   * How many incidents and entities are kept as objects together, those that changed last; the others are text. One that has more alone is
   * kept alone. Default 20,000.
   */
  readonly hot?: number;
}

/**
 * All incidents of a log, folded in memory as the queue's projection folds them: small enough that a hundred thousand of them leave room in
 * 400 MB.
 */
export class FoldedIncidents {
  private readonly cold = new PackedTexts();
  private readonly hot: LRUCache<string, FoldedIncident>;

  constructor({ hot = 20_000 }: FoldedIncidentsOptions = {}) {
    this.hot = new LRUCache({
      max: 100,
      maxSize: hot,
      sizeCalculation: ({ entities }) => Math.min(1 + entities.size, hot),
      dispose: (folded, incidentId, reason) => reason === 'evict' && this.cold.set(incidentId, textOf(folded)),
    });
  }

  get size(): number {
    return this.cold.size + this.hot.size;
  }

  /** Events of one incident in their order. Throws as projectIncident does; the document may then be half changed. */
  apply(event: RecordedEvent<IncidentEvent>, incidentId: string): IncidentDocument {
    const folded = this.folded(incidentId) ?? new FoldedIncident();
    folded.apply(event);
    this.cold.delete(incidentId);
    this.hot.delete(incidentId); // it may weigh more than before
    this.hot.set(incidentId, folded);
    return folded.document!;
  }

  /** Not to be changed. */
  get(incidentId: string): IncidentDocument | undefined {
    return this.folded(incidentId)?.document;
  }

  /** All that the alerts of an incident are about, what is gone included. Not to be changed. */
  entitiesOf(incidentId: string): Iterable<Readonly<Entity>> {
    return this.folded(incidentId)?.entities ?? [];
  }

  *ids(): Generator<string> {
    yield* this.cold.keys();
    yield* this.hot.keys();
  }

  *[Symbol.iterator](): Generator<IncidentDocument> {
    for (const text of this.cold.values()) yield rowOf(text);
    for (const folded of this.hot.values()) yield folded.document!;
  }

  private folded(incidentId: string): FoldedIncident | undefined {
    const text = this.cold.get(incidentId);
    return this.hot.get(incidentId) ?? (text === undefined ? undefined : foldedOf(text));
  }
}

type Texted<T> = Omit<T, 'position'> & { position: string };

/** The row first, the entities in a line of their own: most questions are about the row. */
const textOf = ({ document, entities }: FoldedIncident): string =>
  [document!, [...entities]].map((part) => JSON.stringify(part, positionAsText)).join('\n');

const positionAsText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

const positioned = <T extends { position: bigint }>(texted: Texted<T>): T =>
  ({ ...texted, position: BigInt(texted.position) }) as unknown as T;

const rowOf = (text: string): IncidentDocument =>
  positioned(JSON.parse(text.slice(0, text.indexOf('\n'))) as Texted<IncidentDocument>);

function foldedOf(text: string): FoldedIncident {
  const entities = JSON.parse(text.slice(text.indexOf('\n') + 1)) as Texted<Entity>[];
  return new FoldedIncident(rowOf(text), new FoldedEntities(entities.map(positioned<Entity>)));
}
