import { isDeepStrictEqual } from 'node:util';
import type { Collection, Document } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import { Served } from '#read-model';
import { isIncidentEvent } from '../../../libs/read-model/events-of.js';
import { count } from '../../../libs/read-model/metrics/figures.js';
import type { FiguresDocument } from '../../../libs/read-model/metrics/figures.js';
import { isMeasured } from '../../../libs/read-model/metrics/measured-incident.js';
import type { MeasuredIncident } from '../../../libs/read-model/metrics/measured-incident.js';
import { fold, touchedBy } from '../../../libs/read-model/metrics/metrics-projection.js';
import { tagsComing } from '../../../libs/read-model/tags/tag-document.js';
import type { TagDocument } from '../../../libs/read-model/tags/tag-document.js';
import { pureFold } from '../../../libs/read-model/testing/pure-fold.js';
import type { DocketInParts } from './docket-in-parts.js';
import { differing } from './judged.js';

/** I-6: what the read model shows is the pure fold of all events. Gives back what is not, a line each. */
export async function notAsFolded(docket: DocketInParts, events: readonly RecordedEvent[]): Promise<string[]> {
  const { collections } = (await Served.open(docket.db)).generation;
  const wanted = { ...pureFold(events), ...foldedFigures(events), tags: foldedTags(events) };
  const broken: string[] = [];
  for (const [name, documents] of Object.entries(wanted)) {
    const stored = await (collections[name as keyof typeof wanted] as unknown as Collection<Document>).find().toArray();
    const left = new Map(stored.map((document) => [String(document._id), document]));
    for (const document of documents as Document[]) {
      const is = left.get(String(document._id));
      left.delete(String(document._id));
      if (!is) broken.push(`${name} ${document._id} is missing`);
      else if (!isDeepStrictEqual(is, document)) broken.push(`${name} ${document._id}: ${differing(is, document)}`);
    }
    broken.push(...[...left.keys()].map((id) => `${name} ${id} is there, and not in the log`));
  }
  return broken;
}

function foldedFigures(events: readonly RecordedEvent[]): {
  figures: FiguresDocument[];
  measuredIncidents: MeasuredIncident[];
} {
  const incidents = new Map<string, MeasuredIncident>();
  const { changes } = fold(incidents, structuredClone(events).filter(isIncidentEvent).filter(isMeasured));
  const figures = [...touchedBy(changes)].map(([_id, ofIt]) => {
    const document: FiguresDocument = { _id, tallies: {}, position: -1n };
    for (const change of ofIt) count(document, change);
    return document;
  });
  return { figures, measuredIncidents: [...incidents.values()] };
}

function foldedTags(events: readonly RecordedEvent[]): TagDocument[] {
  const tags = new Map<string, TagDocument>();
  for (const tag of events.filter(isIncidentEvent).flatMap(tagsComing)) if (!tags.has(tag._id)) tags.set(tag._id, tag);
  return [...tags.values()];
}
