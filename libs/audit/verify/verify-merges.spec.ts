import { describe, expect, it } from '@jest/globals';
import { reopen, resolve } from '#incidents';
import type { RecordedEvent } from '#event-store';
import type { Recorder } from '../../read-model/testing/recorder.js';
import { depart, mergeInto, threeIncidents, timePasses } from '../testing/small-dockets.js';
import { faultsOf, verified } from '../testing/verified.js';

describe('a log with merges has no fault, at none of its events', () => {
  it.each<[string, (docket: Recorder) => void]>([
    [
      'where the alerts arrive in chunks',
      (docket) => {
        const merging = mergeInto(docket, '3', '2');
        merging.absorb();
        merging.arrive(0, ['c']);
        merging.arrive(1, ['d']);
      },
    ],
    ['where an incident without alerts is merged', (docket) => mergeInto(docket, '2', '1').absorb()],
    [
      'where the target is merged before anything arrives',
      (docket) => {
        const first = mergeInto(docket, '3', '2');
        const second = mergeInto(docket, '2', '1');
        first.absorb('1');
        second.absorb();
        first.arrive(0, ['c', 'd'], '1');
      },
    ],
    [
      'where the target is merged after half has arrived',
      (docket) => {
        const first = mergeInto(docket, '3', '2');
        first.absorb();
        first.arrive(0, ['c']);
        const second = mergeInto(docket, '2', '1');
        first.arrive(1, ['d'], '1');
        second.absorb();
        second.arrive(0, ['c']);
      },
    ],
    [
      'where a move meets a merge',
      (docket) => {
        const arrive = depart(docket, ['a'], '1', '3');
        const merging = mergeInto(docket, '3', '2');
        arrive('2');
        merging.absorb();
        merging.arrive(0, ['c', 'd']);
      },
    ],
    [
      'where the target was resolved meanwhile, and is reopened',
      (docket) => {
        const merging = mergeInto(docket, '3', '2');
        docket.decided('2', resolve({ comment: null }));
        merging.absorb();
        merging.arrive(0, ['c', 'd']);
        docket.decided('2', reopen());
      },
    ],
  ])('%s', async (_, happen) => {
    const docket = threeIncidents();
    happen(docket);
    timePasses(docket);
    for (let length = 0; length <= docket.events.length; length++)
      expect(await faultsOf(docket.events.slice(0, length))).toEqual([]);
    expect((await verified(docket.events)).underWay.transfers).toBe(0);
  });
});

describe('a fault of a merge is told', () => {
  it.each<[string, (docket: Recorder) => void, string]>([
    [
      'a change to an incident that was merged',
      (docket) => {
        mergeInto(docket, '3', '1');
        docket.happened('3', { type: 'IncidentCommented', data: { comment: 'Hello?' } });
      },
      'incident-3 4 changes an incident that was merged into incident 1',
    ],
    [
      'a redirect to a larger number',
      (docket) => docket.happened('1', merged({ toIncidentId: '3', alertIds: ['a', 'b'] })),
      'incident-1 3 is merged into incident 3, whose number is not smaller',
    ],
    [
      'a redirect to an incident that there is not',
      (docket) => docket.happened('1', merged({ toIncidentId: '0', alertIds: ['a', 'b'] })),
      'incident-1 3 is merged into incident 0, which was never opened',
    ],
    [
      'an alert that is left behind',
      (docket) => docket.happened('3', merged({ toIncidentId: '1', alertIds: ['c'] })),
      'incident-3 3 leaves 1 alerts behind in an incident that is merged',
    ],
    [
      'an alert that is taken from elsewhere',
      (docket) => docket.happened('3', merged({ toIncidentId: '1', alertIds: ['a', 'c', 'd'] })),
      'incident-3 3 speaks of alert a, which is in incident 1',
    ],
    [
      'a merge that is never absorbed',
      (docket) => {
        mergeInto(docket, '3', '2');
        timePasses(docket);
      },
      'incident-3 3 was not absorbed by incident 2',
    ],
    [
      'a chunk that never arrives',
      (docket) => {
        const merging = mergeInto(docket, '3', '2');
        merging.absorb();
        merging.arrive(0, ['c']);
        timePasses(docket);
      },
      'incident-3 3 has no arrival in incident 2',
    ],
    [
      'a chunk that arrives twice',
      (docket) => {
        const merging = mergeInto(docket, '3', '2');
        merging.absorb();
        merging.arrive(0, ['c']);
        docket.happened(
          '2',
          docket.of('2').findLast(({ type }) => type === 'AlertMovedIn')!,
        );
      },
      'is chunk 0 of what arrives, out of turn or again',
    ],
    [
      'a chunk that brings what did not leave',
      (docket) => {
        const merging = mergeInto(docket, '3', '2');
        merging.absorb();
        merging.arrive(0, ['c', 'd']);
        const arrival = docket.of('2').find((event) => event.type === 'AlertMovedIn')!;
        replace(docket, arrival, { ...arrival.data, alerts: [{ ...arrival.data.alerts[0]!, alertId: 'a' }] });
      },
      'brings other alerts than departed',
    ],
    [
      'an alert that arrives otherwise than it left',
      (docket) => {
        depart(docket, ['a'], '1', '2')();
        const arrival = docket.of('2').find((event) => event.type === 'AlertMovedIn')!;
        replace(docket, arrival, { ...arrival.data, alerts: [{ ...arrival.data.alerts[0]!, status: 'inProgress' }] });
      },
      'incident-2 1 brings alert a as inProgress, which left as new',
    ],
    [
      'an arrival in an incident that was merged meanwhile',
      (docket) => {
        mergeInto(docket, '3', '2');
        mergeInto(docket, '2', '1');
        docket.happened('2', absorbed({ fromIncidentId: '3', transferId: 'incident-3/3', alertCount: 2 }));
      },
      'incident-2 2 arrives here, and departed for incident 1',
    ],
    [
      'an arrival before the merge is absorbed',
      (docket) => mergeInto(docket, '3', '2').arrive(0, ['c', 'd']),
      'arrives before incident 3 was absorbed',
    ],
    [
      'a merge that is absorbed twice',
      (docket) => {
        const merging = mergeInto(docket, '3', '1');
        merging.absorb();
        merging.absorb('2');
      },
      'incident-2 1 absorbs an incident that was not merged, or that was absorbed before',
    ],
    [
      'a merge that is absorbed by somebody else',
      (docket) => mergeInto(docket, '3', '1').absorb('2'),
      'incident-2 1 arrives here, and departed for incident 1',
    ],
    [
      'a merge that brings another number of alerts than it says',
      (docket) => {
        mergeInto(docket, '3', '2');
        docket.happened('2', absorbed({ fromIncidentId: '3', transferId: 'incident-3/3', alertCount: 1 }));
      },
      'incident-2 1 speaks of 1 alerts, where 2 come along',
    ],
    [
      'an arrival that says it comes from elsewhere',
      (docket) => {
        mergeInto(docket, '3', '2');
        docket.happened('2', absorbed({ fromIncidentId: '1', transferId: 'incident-3/3', alertCount: 2 }));
      },
      'incident-2 1 says it comes from incident 1, and departed from 3',
    ],
    [
      'an alert that is on its way and is changed where it was',
      (docket) => {
        mergeInto(docket, '3', '2');
        mergeInto(docket, '2', '1');
        docket.happened('3', { type: 'AlertReopened', data: { alertId: 'c', previous: 'resolved' } });
      },
      'incident-3 4 speaks of alert c, which is on its way to incident 1',
    ],
  ])('%s', async (_, happen, fault) => {
    const docket = threeIncidents();
    happen(docket);
    expect(await faultsOf(docket.events)).toContainEqual(expect.stringContaining(fault));
  });
});

const because = { comment: null, reasons: [] };
const merged = (data: { toIncidentId: string; alertIds: string[] }) =>
  ({ type: 'IncidentMerged', data: { previous: 'active', ...because, ...data } }) as const;
const absorbed = (data: { fromIncidentId: string; transferId: string; alertCount: number }) =>
  ({ type: 'IncidentAbsorbed', data: { ...because, ...data } }) as const;
const replace = (docket: Recorder, event: RecordedEvent, data: object) =>
  docket.events.splice(docket.events.indexOf(event), 1, { ...event, data });
