import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '#event-store';
import { moveIn, resolve } from '#incidents';
import type { IncidentEvent } from '#incidents';
import { aLog } from '../../read-model/testing/arbitrary-log.js';
import { Recorder, added, report, summaryOf } from '../../read-model/testing/recorder.js';
import { depart, timePasses, twoIncidents } from '../testing/small-dockets.js';
import { faultsOf, verified } from '../testing/verified.js';

describe('a log as the domain has it', () => {
  it('has no fault, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(aLog, async (events) => {
        const found = await verified(events);
        expect(found.faults.first).toEqual([]);
        expect(found.events).toBe(events.length);
      }),
    );
  });

  it('has none after any of its events, though an alert may be on its way', async () => {
    await fc.assert(
      fc.asyncProperty(aLog, fc.nat(40), async (events, length) => {
        expect((await verified(events.slice(0, length))).faults.first).toEqual([]);
      }),
    );
  });
});

describe('a fault is told by stream and revision', () => {
  it.each<[string, (docket: Recorder) => void, string]>([
    [
      'an alert that is in two incidents',
      (docket) => docket.happened('2', added(summaryOf('a'))),
      'incident-2 1 adds alert a, which is in incident 1',
    ],
    [
      'an alert that nobody reported',
      (docket) => docket.happened('2', added(summaryOf('z'))),
      'incident-2 1 adds alert z, which was never reported',
    ],
    [
      'an alert that was reported long ago and is in no incident',
      (docket) => {
        docket.reported(report('c'));
        timePasses(docket);
      },
      'alert-c 0 is in no incident',
    ],
    [
      'a departure that never arrived',
      (docket) => {
        depart(docket, ['a'], '1', '2');
        timePasses(docket);
      },
      'incident-1 3 has no arrival in incident 2',
    ],
    [
      'an arrival that nothing departed for',
      (docket) =>
        docket.decided(
          '2',
          moveIn({
            incidentId: '2',
            fromIncidentId: '1',
            transferId: 'x',
            alerts: [summaryOf('a')],
            comment: null,
            reasons: [],
          }),
        ),
      'incident-2 1 is an arrival without a departure, or the second one',
    ],
    [
      'an open alert in a resolved incident',
      (docket) => {
        docket.decided('1', resolve({ comment: null }));
        docket.happened('1', { type: 'AlertReopened', data: { alertId: 'a', previous: 'resolved' } });
      },
      'incident-1 4 leaves 1 alerts open in a resolved incident',
    ],
    [
      'a change to an alert that has left',
      (docket) => {
        depart(docket, ['a'], '1', '2');
        docket.happened('1', { type: 'AlertInvestigationStarted', data: { alertId: 'a', previous: 'new' } });
      },
      'incident-1 4 speaks of alert a, which is on its way to incident 2',
    ],
    [
      'a count that is wrong',
      (docket) =>
        docket.happened('1', { type: 'AlertResolved', data: { alertId: 'a', previous: 'resolved', comment: null } }),
      'incident-1 3 counts 2 alerts, 2 of them open, where 2 are in it, 1 of them open',
    ],
    [
      'an incident that does not begin with its beginning',
      (docket) => void docket.record<IncidentEvent>('incident-9', { type: 'IncidentCommented', data: { comment: '' } }),
      'incident-9 0 does not fold',
    ],
    [
      'a correlator that goes back',
      (docket) => {
        docket.record('correlation', { type: 'AlertsRouted', data: { upTo: '2', routes: [] } });
        docket.record('correlation', { type: 'AlertsRouted', data: { upTo: '1', routes: [] } });
      },
      'correlation 1 routes up to 1, after alerts were routed up to 2',
    ],
    [
      'a correlator that is ahead of the log',
      (docket) => void docket.record('correlation', { type: 'AlertsRouted', data: { upTo: '99', routes: [] } }),
      'correlation 0 holds position 99, and stands at 7 itself',
    ],
  ])('%s', async (_, happen, fault) => {
    const docket = twoIncidents();
    happen(docket);
    expect(await faultsOf(docket.events)).toContainEqual(expect.stringContaining(fault));
  });

  it.each<[string, (events: RecordedEvent[]) => RecordedEvent[], string]>([
    ['a gap in a stream', (events) => events.toSpliced(3, 1), 'incident-1 2 follows revision 0'],
    ['a stream without its first event', (events) => events.toSpliced(2, 1), 'incident-1 1 is the first event of its'],
    [
      'a position that does not rise',
      (events) => change(events, 4, { position: 4n }),
      'incident-1 2 stands at position 4',
    ],
    [
      'a time that goes back',
      (events) => changeMetadata(events, 4, { at: '2025-01-01T00:00:00.000Z' }),
      'incident-1 2 happened at 2025-01-01T00:00:00.000Z, after an event of 2026-01-01T00:00:04.000Z',
    ],
    [
      'an event without a time',
      (events) => changeMetadata(events, 4, { at: 0 as never }),
      'does not say when it happened',
    ],
    [
      'an event that cannot be read',
      (events) => change(events, 4, { data: 'x' as never }),
      'incident-1 2 cannot be read',
    ],
    [
      'an event of a later Docket that the fold would need',
      (events) => changeMetadata(events, 4, { schema: 9 }),
      'incident-1 2 does not fold',
    ],
  ])('%s', async (_, damage, fault) => {
    const found = await faultsOf(damage([...twoIncidents().events]));
    expect(found).toContainEqual(expect.stringContaining(fault));
  });

  it('the first twenty, and how many there are', async () => {
    const docket = twoIncidents();
    for (let n = 0; n < 30; n++) docket.happened('2', added(summaryOf(`z${n}`)));
    const { faults } = await verified(docket.events);
    expect([faults.first.length, faults.count]).toEqual([20, 30]);
  });
});

describe('no fault is', () => {
  it('an alert or a move that is on its way', async () => {
    const docket = twoIncidents();
    docket.reported(report('c'));
    depart(docket, ['a'], '1', '2');
    expect(await verified(docket.events)).toMatchObject({
      faults: { count: 0 },
      underWay: { reports: 1, transfers: 1 },
    });
  });

  it('a type that this Docket does not know', async () => {
    const docket = twoIncidents();
    docket.record('incident-1', { type: 'IncidentSung', data: {} });
    const { faults, unknown } = await verified(docket.events);
    expect([faults.count, [...unknown]]).toEqual([0, [['IncidentSung', 1]]]);
  });

  it('an event of somebody else that does not say when it happened, nor one that says it otherwise', async () => {
    const docket = twoIncidents();
    for (const stream of ['order-1', 'incident-1']) docket.record(stream, { type: 'OrderPlaced', data: {} });
    const events = changeMetadata([...docket.events], -1, { at: 'yesterday' });
    const { faults } = await verified(change(events, -2, { metadata: undefined as never }));
    expect(faults.first).toEqual([]);
  });

  it('an alert on its way where some clock is in the future', async () => {
    const docket = twoIncidents();
    docket.reported(report('c'));
    docket.record('register', { type: 'IncidentRegistered', data: {} });
    const now = Date.now();
    const times = [now, now + 3_600_000].map((at) => ({ at: new Date(at).toISOString() }));
    const events = changeMetadata(changeMetadata([...docket.events], -2, times[0]!), -1, times[1]!);
    expect(await verified(events)).toMatchObject({ faults: { count: 0 }, underWay: { reports: 1 } });
  });

  it('a register whose clocks disagree', async () => {
    const docket = twoIncidents();
    timePasses(docket);
    const events = changeMetadata([...docket.events], -1, { at: '2025-01-01T00:00:00.000Z' });
    expect((await verified(events)).faults.count).toBe(0);
  });
});

const change = (events: RecordedEvent[], index: number, but: Partial<RecordedEvent>): RecordedEvent[] =>
  events.with(index, { ...events.at(index)!, ...but });

const changeMetadata = (events: RecordedEvent[], index: number, but: Partial<RecordedEvent['metadata']>) =>
  change(events, index, { metadata: { ...events.at(index)!.metadata, ...but } });
