import { describe, expect, it } from '@jest/globals';
import { streams } from '#incidents';
import type { IncidentDocument } from '#read-model';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';
import { FoldedIncidents } from '../folded-incidents.js';
import { anEvent } from '../testing/small-log.js';
import { compareReadModel } from './compare-read-model.js';

const opening = (incidentId: string) =>
  anEvent('IncidentOpened', {
    incidentId,
    displayName: 'Incident',
    nameIsAutomatic: true,
    severity: 'low',
    severityIsAutomatic: true,
    description: null,
    customTags: [],
    origin: 'byHand',
  });
const comment = () => anEvent('IncidentCommented', { comment: 'Looking.' });

/** Incident 1 with a comment, incident 2 without, folded; then another comment on incident 2. */
async function aDocket(but: (documents: IncidentDocument[]) => IncidentDocument[] = (documents) => documents) {
  const log = new InMemoryEventLog();
  await log.append(streams.incident('1'), 'no-stream', [opening('1'), comment()]);
  await log.append(streams.incident('2'), 'no-stream', [opening('2')]);
  const incidents = new FoldedIncidents({ hot: 1 });
  const shown = new FoldedIncidents();
  for await (const event of log.readAll()) {
    incidents.apply(event as never, event.stream.slice(9));
    shown.apply(structuredClone(event) as never, event.stream.slice(9));
  }
  const shownUpTo = await log.head();
  await log.append(streams.incident('2'), 0, [comment()]);
  const documents = (async function* () {
    yield* but([...shown].sort((one, other) => one.number - other.number));
  })();
  const { faults, documents: count } = await compareReadModel({ documents, shownUpTo, incidents, log });
  return { count, faults: faults.first.map(({ stream, revision, fault }) => `${stream} ${revision} ${fault}`) };
}

describe('the read model', () => {
  it('is compared document by document', async () => {
    expect(await aDocket()).toEqual({ count: 2, faults: [] });
  });

  it('may have gone on since the log was read', async () => {
    const further = await aDocket((documents) =>
      documents.map((document) =>
        document._id === '2' ? { ...document, commentCount: 1, revision: 1, position: 4n } : document,
      ),
    );
    expect(further.faults).toEqual([]);
  });

  it.each<[string, (documents: IncidentDocument[]) => IncidentDocument[], string]>([
    [
      'shows another value',
      ([one, two]) => [{ ...one!, displayName: 'Changed' }, two!],
      'incident-1 1 is shown with another displayName than the log tells',
    ],
    ['lacks an incident', ([one]) => [one!], 'incident-2 0 is missing in the read model'],
    [
      'shows an incident that never was',
      ([one, two]) => [one!, two!, { ...two!, _id: '3' }],
      'incident-3 0 is shown by the read model, and is not in the log',
    ],
    [
      'shows a revision that never was',
      ([one, two]) => [{ ...one!, revision: 9 }, two!],
      'incident-1 9 is shown by the read model, and is not in the log',
    ],
  ])('is at fault where it %s', async (_, but, fault) => {
    expect((await aDocket(but)).faults).toEqual([fault]);
  });
});
