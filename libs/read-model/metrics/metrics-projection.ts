import { LRUCache } from 'lru-cache';
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import type { Collections } from '../collections.js';
import { incidentIdOf, isIncidentEvent } from '../events-of.js';
import { writeGuarded } from '../guarded-write.js';
import { nothingParked } from '../projection.js';
import type { Projection } from '../projection.js';
import { changeOf, count, figuresOf } from './figures.js';
import type { FigureChange, FiguresDocument } from './figures.js';
import { isMeasured, measure } from './measured-incident.js';
import type { MeasuredIncident } from './measured-incident.js';

/** Values of incidents that are kept in memory together; some 20 MB. */
const mostKept = 200_000;

const sizeOf = ({ categories, serviceSources, detectionSources }: MeasuredIncident): number =>
  20 + categories.length + serviceSources.length + detectionSources.length;

/**
 * Figures of all incidents together, in the collection `figures`, and what must be known of each incident to go on counting, in
 * `measuredIncidents`. What an event changes in the figures is the difference between what its incident adds to them before and after it;
 * so an event costs the same however many incidents there are.
 *
 * Sums are exact because of an order. Written are first the figures, then the incidents, then the checkpoint; read are first the incidents,
 * then the figures. So where an incident reflects an event, the figures that it changed do too. From an incident on, the fold finds what
 * each later event changes, always the same; a document of figures takes those that are later than itself, in order. After a crash
 * between any two writes, some documents of figures are ahead and take nothing twice, and the incidents are behind, from where the fold finds
 * the changes for the others. What another projector wrote meanwhile is ahead in the same way, and the guard by position keeps it. A document that
 * is touched is written even where changes cancel out: its position says that it reflects them.
 *
 * An incident whose stream is parked counts as it did before, and the summary names it.
 */
export class MetricsProjection implements Projection {
  readonly name = 'metrics';
  readonly #figures: Collections['figures'];
  readonly #incidents: Collections['measuredIncidents'];
  /** What was written last, as in the projection of incidents. */
  readonly #measured = new LRUCache<string, MeasuredIncident>({ maxSize: mostKept, sizeCalculation: sizeOf });

  constructor({ figures, measuredIncidents }: Pick<Collections, 'figures' | 'measuredIncidents'>) {
    this.#figures = figures;
    this.#incidents = measuredIncidents;
  }

  begin(): void {
    this.#measured.clear();
  }

  async apply(batch: readonly RecordedEvent[], parked = nothingParked): Promise<void> {
    try {
      await this.#apply(batch.filter(({ stream, position }) => position < (parked.get(stream) ?? position + 1n)));
    } catch (error) {
      this.begin(); // of what was folded nobody knows what was written
      throw error;
    }
  }

  /** The figures have gone on since: what they lack of one incident cannot be added where it belongs. */
  async refold(): Promise<boolean> {
    throw new Error('Figures are counted anew for all incidents together: `docket rebuild` does that');
  }

  async #apply(batch: readonly RecordedEvent[]): Promise<void> {
    const events = batch.filter(isIncidentEvent).filter(isMeasured);
    if (events.length === 0) return;
    const incidents = await this.#load(new Set(events.map(incidentIdOf)));
    const { changes, changed } = fold(incidents, events);
    await this.#writeFigures(changes);
    await this.#writeIncidents(changed);
    for (const incident of incidents.values()) this.#measured.set(incident._id, incident);
  }

  /** Out of the cache until it is written, as folding changes it in place. */
  async #load(incidentIds: ReadonlySet<string>): Promise<Map<string, MeasuredIncident>> {
    const loaded = new Map<string, MeasuredIncident>();
    for (const incidentId of incidentIds) {
      const known = this.#measured.get(incidentId);
      if (known) loaded.set(incidentId, known);
      this.#measured.delete(incidentId);
    }
    const others = [...incidentIds].filter((incidentId) => !loaded.has(incidentId));
    if (others.length > 0)
      for await (const incident of this.#incidents.find({ _id: { $in: others } })) loaded.set(incident._id, incident);
    return loaded;
  }

  async #writeFigures(changes: readonly FigureChange[]): Promise<void> {
    const touched = touchedBy(changes);
    if (touched.size === 0) return;
    const before = await this.#figures.find({ _id: { $in: [...touched.keys()] } }).toArray();
    const known = new Map(before.map((figures) => [figures._id, figures]));
    const written = [...touched].flatMap(([_id, ofIt]) => {
      const figures: FiguresDocument = known.get(_id) ?? { _id, tallies: {}, position: -1n };
      const reflected = figures.position;
      for (const change of ofIt) count(figures, change);
      return figures.position > reflected ? [figures] : [];
    });
    await replaceOlder(this.#figures, written);
  }

  #writeIncidents(changed: ReadonlySet<MeasuredIncident>): Promise<void> {
    return replaceOlder(this.#incidents, [...changed]);
  }
}

/** The one place where an event is applied to an incident. Adds to `incidents` those that begin. */
export function fold(
  incidents: Map<string, MeasuredIncident>,
  events: readonly RecordedEvent<IncidentEvent>[],
): { changes: FigureChange[]; changed: Set<MeasuredIncident> } {
  const changes: FigureChange[] = [];
  const changed = new Set<MeasuredIncident>();
  for (const event of events) {
    const before = incidents.get(incidentIdOf(event));
    if (before && event.position <= before.position) continue;
    const figuresBefore = before ? figuresOf(before) : [];
    const after = measure(before, event);
    incidents.set(after._id, after);
    changed.add(after);
    const change = changeOf(figuresBefore, figuresOf(after), event.position);
    if (change) changes.push(change);
  }
  return { changes, changed };
}

export function touchedBy(changes: readonly FigureChange[]): Map<string, FigureChange[]> {
  const touched = new Map<string, FigureChange[]>();
  for (const change of changes)
    for (const document of new Set([...change.leaving, ...change.entering].map((figure) => figure.document))) {
      const ofIt = touched.get(document);
      if (ofIt) ofIt.push(change);
      else touched.set(document, [change]);
    }
  return touched;
}

async function replaceOlder<T extends FiguresDocument | MeasuredIncident>(
  collection: Collection<T>,
  documents: readonly T[],
): Promise<void> {
  const replacements = documents.map((replacement) => ({
    replaceOne: {
      filter: { _id: replacement._id, position: { $lt: replacement.position } },
      replacement,
      upsert: true,
    },
  }));
  if (replacements.length > 0) await writeGuarded(collection, replacements as unknown as AnyBulkWriteOperation<T>[]);
}
