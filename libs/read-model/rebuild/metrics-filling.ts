import type { RecordedEvent } from '#event-store';
import type { Collections } from '../collections.js';
import { incidentIdOf, isIncidentEvent } from '../events-of.js';
import { count } from '../metrics/figures.js';
import type { FiguresDocument } from '../metrics/figures.js';
import { isMeasured } from '../metrics/measured-incident.js';
import type { MeasuredIncident } from '../metrics/measured-incident.js';
import { fold, touchedBy } from '../metrics/metrics-projection.js';
import type { Filling, FillingOptions } from './filling.js';
import { usually } from './filling.js';
import { WriteBehind, replacementBy, unordered } from './write-behind.js';

interface Held {
  readonly incident: MeasuredIncident;
  /** It has not been written. */
  readonly isNew: boolean;
}

const bytesOfIncident = 700;
/** Of what must make room, so much more goes, that it goes in portions. */
const kept = 0.75;

/** Of all that folding changes in place. */
const copyOf = ({ counts, ...incident }: MeasuredIncident): MeasuredIncident => ({
  ...incident,
  categories: [...incident.categories],
  serviceSources: [...incident.serviceSources],
  detectionSources: [...incident.detectionSources],
  counts: {
    categories: [...counts.categories],
    serviceSources: [...counts.serviceSources],
    detectionSources: [...counts.detectionSources],
  },
});

/** Documents of `figures`, of which there is one a day and which all stay in memory, and of `measuredIncidents`. */
export class MetricsFilling implements Filling {
  readonly #figures = new Map<string, FiguresDocument>();
  /** The longest unchanged first. */
  readonly #held = new Map<string, Held>();
  readonly #writing: WriteBehind;

  constructor(
    private readonly collections: Pick<Collections, 'figures' | 'measuredIncidents'>,
    private readonly options: FillingOptions = usually,
  ) {
    this.#writing = new WriteBehind(options.restRatio);
  }

  async take(batch: readonly RecordedEvent[]): Promise<void> {
    const events = batch.filter(isIncidentEvent).filter(isMeasured);
    await this.#load(events.filter((event) => event.revision > 0).map(incidentIdOf));
    // Folded apart: where that fails midway, all is as it was.
    const incidents = new Map<string, MeasuredIncident>();
    for (const id of new Set(events.map(incidentIdOf))) {
      const held = this.#held.get(id);
      if (held) incidents.set(id, copyOf(held.incident));
    }
    const { changes, changed } = fold(incidents, events);
    const touched = touchedBy(changes);
    await this.#loadFigures([...touched.keys()]);
    for (const [document, ofIt] of touched) for (const change of ofIt) count(this.#figures.get(document)!, change);
    for (const incident of changed) this.#hold(incident, this.#held.get(incident._id)?.isNew ?? true);
    const most = this.options.keptBytes / bytesOfIncident;
    if (this.#held.size > most) await this.#write(this.#held.size - Math.floor(most * kept));
  }

  async finish(): Promise<void> {
    await this.#write(this.#held.size);
    const figures = [...this.#figures.values()].map(replacementBy);
    const write = (some: typeof figures) => this.collections.figures.bulkWrite(some, unordered);
    await this.#writing.inPortions(figures, () => bytesOfIncident, write);
    await this.#writing.settled();
  }

  #hold(incident: MeasuredIncident, isNew: boolean): void {
    this.#held.delete(incident._id);
    this.#held.set(incident._id, { incident, isNew });
  }

  async #load(incidentIds: readonly string[]): Promise<void> {
    const away = [...new Set(incidentIds)].filter((id) => !this.#held.has(id));
    if (away.length === 0) return;
    await this.#writing.settled();
    for await (const incident of this.collections.measuredIncidents.find({ _id: { $in: away } }))
      this.#hold(incident, false);
  }

  async #loadFigures(ids: readonly string[]): Promise<void> {
    const away = ids.filter((id) => !this.#figures.has(id));
    if (away.length === 0) return;
    for (const _id of away) this.#figures.set(_id, { _id, tallies: {}, position: -1n });
    for await (const figures of this.collections.figures.find({ _id: { $in: away } }))
      this.#figures.set(figures._id, figures);
  }

  /** The first so many. */
  async #write(howMany: number): Promise<void> {
    const { measuredIncidents } = this.collections;
    const all = [...this.#held.values()].slice(0, howMany);
    for (const { incident } of all) this.#held.delete(incident._id);
    const added = all.filter(({ isNew }) => isNew).map(({ incident }) => incident);
    const others = all.filter(({ isNew }) => !isNew).map(({ incident }) => replacementBy(incident));
    const size = () => bytesOfIncident;
    await this.#writing.inPortions(added, size, (some) => measuredIncidents.insertMany(some, unordered));
    await this.#writing.inPortions(others, size, (some) => measuredIncidents.bulkWrite(some, unordered));
  }
}
