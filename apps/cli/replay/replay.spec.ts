import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { FoldedIncidents, readEventLine, writeEventLine } from '#audit';
import type { RecordedEvent } from '#event-store';
import { merge, streams } from '#incidents';
import type { IncidentEvent } from '#incidents';
import { docketEvents } from '#process-managers';
import { FoldedIncident, historyEntry, presentIncident } from '#read-model';
import type { IncidentDocument, PresentedIncident } from '#read-model';
import { aLog } from '../../../libs/read-model/testing/arbitrary-log.js';
import { Recorder, added, opened, report, summaryOf } from '../../../libs/read-model/testing/recorder.js';
import { incidentThen } from './incident-then.js';
import { queueThen } from './queue-then.js';

/** As the log comes over HTTP: event ids of a recorder are none. */
async function* overHttp(events: readonly RecordedEvent[]): AsyncGenerator<RecordedEvent> {
  for (const event of events) yield readEventLine(writeEventLine({ ...event, id: v5(event.id, v5.URL) }));
}

const ofIncident = (id: string) => (event: RecordedEvent) => event.stream === streams.incident(id);
const ofIncidents = (event: RecordedEvent) => event.stream.startsWith(streams.incident(''));

/** What replay must come to: each stream by itself, folded from its beginning. */
function pureFold(events: readonly RecordedEvent[], id: string): IncidentDocument | undefined {
  const folded = new FoldedIncident();
  for (const event of structuredClone(events).filter(ofIncident(id)))
    folded.apply(event as RecordedEvent<IncidentEvent>);
  return folded.document;
}

const byUpdate = (one: PresentedIncident, other: PresentedIncident) =>
  other.lastUpdateDateTime.localeCompare(one.lastUpdateDateTime) || Number(other.id) - Number(one.id);

const replayed = (events: readonly RecordedEvent[], filter = {}, limit = 100) =>
  queueThen({ events: overHttp(events.filter(ofIncidents)), catalogue: docketEvents, filter, limit });

describe('replay', () => {
  it('comes, at 50 random positions of random logs, to the pure fold of each stream', async () => {
    await fc.assert(
      fc.asyncProperty(aLog, fc.nat(), async (log, random) => {
        const then = log.slice(0, 1 + (random % log.length));
        const folded = ['1', '2', '3'].flatMap((id) => pureFold(then, id) ?? []).map(presentIncident);
        const expected = folded.filter(({ status }) => status !== 'redirected');
        const { value, total, position } = await replayed(then);
        expect(value).toEqual(expected.sort(byUpdate));
        expect(total).toBe(expected.length);
        expect(position).toBe(then.findLast(ofIncidents)?.position.toString() ?? null);
      }),
      { numRuns: 50 },
    );
  });

  it('shows one incident as the queue does, with its alerts and its history', async () => {
    await fc.assert(
      fc.asyncProperty(aLog, fc.constantFrom('1', '2', '3'), async (log, id) => {
        const found = await incidentThen(overHttp(log.filter(ofIncident(id))), docketEvents);
        const document = pureFold(log, id);
        expect(found?.incident).toEqual(document && presentIncident(document));
        expect(found?.alerts.length).toBe(document?.alertCount);
        expect(found?.alerts.filter(({ status }) => status !== 'resolved').length).toBe(document?.activeAlertCount);
        const entries = (log.filter(ofIncident(id)) as RecordedEvent<IncidentEvent>[]).map(historyEntry);
        expect(found?.history ?? []).toEqual(entries);
      }),
    );
  });

  it('leaves out what was merged into another by then, unless it is asked for', async () => {
    const docket = new Recorder();
    docket.reported(report('a'));
    docket.happened('1', opened('1'));
    docket.happened('2', opened('2'), added(summaryOf('a')));
    docket.decided('2', merge({ toIncidentId: '1', comment: null, reasons: [] }));
    const idsOf = async (events: readonly RecordedEvent[], filter = {}) =>
      (await replayed(events, filter)).value.map(({ id }) => id);
    expect(await idsOf(docket.events.slice(0, -1))).toEqual(['2', '1']);
    expect(await idsOf(docket.events)).toEqual(['1']);
    expect(await idsOf(docket.events, { status: ['redirected'] })).toEqual(['2']);

    const found = await incidentThen(overHttp(docket.events.filter(ofIncident('2'))), docketEvents);
    expect(found).toMatchObject({
      incident: { status: 'redirected', redirectIncidentId: '1', alertCount: 0 },
      alerts: [],
    });
  });

  it('filters and limits what it shows, and counts all that match', async () => {
    await fc.assert(
      fc.asyncProperty(aLog, fc.nat(3), async (log, limit) => {
        const all = (await replayed(log)).value;
        const open = await replayed(log, { status: ['active', 'inProgress'], assignedTo: ['kim', 'none'] }, limit + 1);
        const expected = all.filter(
          ({ status, assignedTo }) => status !== 'resolved' && (assignedTo === null || assignedTo === 'kim'),
        );
        expect(open.total).toBe(expected.length);
        expect(open.value).toEqual(expected.slice(0, limit + 1));
      }),
    );
  });
});

describe('folded incidents', () => {
  it('are the same whether they are kept as objects or as text', async () => {
    await fc.assert(
      fc.asyncProperty(aLog, fc.constantFrom('Ours', 'Für später ☂', '\u{1f600}'), async (log, displayName) => {
        const folded = new FoldedIncidents({ hot: 1 });
        for (const event of structuredClone(log) as RecordedEvent<IncidentEvent>[]) {
          if (!ofIncidents(event)) continue;
          const named = event.type === 'IncidentOpened' ? { ...event, data: { ...event.data, displayName } } : event;
          folded.apply(named, event.stream.slice('incident-'.length));
        }
        const renamed = log.map((event) =>
          event.type === 'IncidentOpened' ? { ...event, data: { ...event.data, displayName } } : event,
        );
        const expected = ['1', '2', '3'].flatMap((id) => pureFold(renamed, id) ?? []);
        expect([...folded].sort((one, other) => one.number - other.number)).toEqual(expected);
        expect(folded.size).toBe(expected.length);
        for (const document of expected) expect(folded.get(document._id)).toEqual(document);
      }),
    );
  });
});
