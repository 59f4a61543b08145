import { LRUCache } from 'lru-cache';
import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import { projectIncident } from '#read-model';
import type { IncidentDocument } from '#read-model';
import { PackedTexts } from './packed-texts.js';

export interface FoldedIncidentsOptions {
  /** How many documents are kept as objects, those that changed last; the others are text. Default 100. */
  readonly hot?: number;
}

/**
 * The documents of all incidents of a log, folded in memory as the queue's projection folds them: small enough that a hundred thousand
 * of them leave room in 400 MB.
 */
export class FoldedIncidents {
  private readonly cold = new PackedTexts();
  private readonly hot: LRUCache<string, IncidentDocument>;

  constructor({ hot = 100 }: FoldedIncidentsOptions = {}) {
    this.hot = new LRUCache({
      max: hot,
      dispose: (document, incidentId, reason) => reason === 'evict' && this.cold.set(incidentId, textOf(document)),
    });
  }

  get size(): number {
    return this.cold.size + this.hot.size;
  }

  /** Events of one incident in their order. Throws as projectIncident does; the document may then be half changed. */
  apply(event: RecordedEvent<IncidentEvent>, incidentId: string): IncidentDocument {
    const before = this.get(incidentId);
    const after = projectIncident(before, event);
    this.cold.delete(incidentId);
    this.hot.set(incidentId, after);
    return after;
  }

  /** Not to be changed. */
  get(incidentId: string): IncidentDocument | undefined {
    const text = this.cold.get(incidentId);
    return this.hot.get(incidentId) ?? (text === undefined ? undefined : documentOf(text));
  }

  *[Symbol.iterator](): Generator<IncidentDocument> {
    for (const text of this.cold.values()) yield documentOf(text);
    yield* this.hot.values();
  }
}

const textOf = (document: IncidentDocument): string =>
  JSON.stringify({ ...document, position: String(document.position) });

function documentOf(text: string): IncidentDocument {
  const { position, ...document } = JSON.parse(text) as Omit<IncidentDocument, 'position'> & { position: string };
  return { ...document, position: BigInt(position) };
}
