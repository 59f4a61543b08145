import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-store';
import { changeTags, comment, rename, reopen, resolve, resolveAlert, startAlert } from '#incidents';
import type { PlanEvent } from '#incidents';
import type { Recorder } from '../../read-model/testing/recorder.js';
import { mergeInto, threeIncidents, timePasses } from '../testing/small-dockets.js';
import { faultsOf, verified } from '../testing/verified.js';

const plan = (docket: Recorder, event: PlanEvent) => docket.record('command-x', event);
const mergePlanned: PlanEvent = {
  type: 'MergePlanned',
  data: { toIncidentId: '2', fromIncidentIds: ['3'], comment: null, reasons: [] },
};
const openPlanned: PlanEvent = {
  type: 'OpenPlanned',
  data: { incidentId: '9', opening: { displayName: null, severity: null, description: null, customTags: [] } },
};
const carriedOut: PlanEvent = { type: 'PlanCarriedOut', data: { answer: {} } };

describe('a plan', () => {
  it('may be under way, and is told', async () => {
    const docket = threeIncidents();
    plan(docket, mergePlanned);
    expect(await verified(docket.events)).toMatchObject({ faults: { count: 0 }, underWay: { plans: 1 } });
  });

  it('is carried out', async () => {
    const docket = threeIncidents();
    plan(docket, mergePlanned);
    const merging = mergeInto(docket, '3', '2');
    merging.absorb();
    merging.arrive(0, ['c', 'd']);
    plan(docket, carriedOut);
    timePasses(docket);
    expect(await verified(docket.events)).toMatchObject({
      faults: { first: [] },
      underWay: { plans: 0, transfers: 0 },
    });
  });

  it.each<[string, PlanEvent[], string]>([
    ['is not forgotten', [mergePlanned], 'command-x 0 is a plan that was not carried out'],
    ['is the only one of its command', [mergePlanned, openPlanned], 'command-x 1 is a second plan of the same command'],
    ['is there before it is carried out', [carriedOut], 'command-x 0 carries out no plan'],
    ['is carried out once', [mergePlanned, carriedOut, carriedOut], 'command-x 2 carries out no plan'],
    [
      'merges what it names',
      [mergePlanned, carriedOut],
      'command-x 1 calls a plan carried out, but incident 3 was not merged',
    ],
    [
      'opens what it names',
      [openPlanned, carriedOut],
      'command-x 1 calls a plan carried out, but incident 9 was not opened',
    ],
  ])('%s', async (_, events, fault) => {
    const docket = threeIncidents();
    for (const event of events) plan(docket, event);
    timePasses(docket);
    expect(await faultsOf(docket.events)).toContainEqual(expect.stringContaining(fault));
  });
});

describe('what a command writes', () => {
  /** Four comments in one stream, by these commands. */
  const commented = (...commands: string[]): RecordedEvent[] => {
    const docket = threeIncidents();
    for (const id of commands) docket.decided('1', comment({ comment: id }));
    const before = docket.events.length - commands.length;
    return docket.events.map((event, index) =>
      index < before ? event : { ...event, metadata: { ...event.metadata, $causationId: commands[index - before]! } },
    );
  };

  it('stands in one piece', async () => {
    expect(await faultsOf(commented('x', 'x', 'y', 'z'))).toEqual([]);
    expect(await faultsOf(commented('x', 'y', 'x', 'z'))).toEqual([
      'incident-1 5 was caused by command x, which had its effect here before',
    ]);
  });

  it('has ids of its own', async () => {
    const events = commented('x', 'y');
    const again = events.with(-1, { ...events.at(-1)!, id: events.at(-2)!.id });
    expect(await faultsOf(again)).toEqual([`incident-1 4 has the id incident-1/3, as an event before it`]);
  });

  it('is told apart in a log of many events', async () => {
    const docket = threeIncidents();
    for (let nth = 0; nth < 3_000; nth++) docket.decided('1', comment({ comment: `${nth}` }));
    expect((await verified(docket.events)).faults.count).toBe(0);
    expect(
      (await verified(docket.events.with(-1, { ...docket.events.at(-1)!, id: 'incident-1/100' }))).faults.count,
    ).toBe(1);
  });
});

describe('a reopen', () => {
  /** a was closed by hand, b was worked on when incident 1 was resolved. */
  function resolved(): Recorder {
    const docket = threeIncidents();
    docket.decided('1', resolveAlert('a', { comment: null }));
    docket.decided('1', startAlert('b'));
    docket.decided('1', resolve({ comment: null }));
    return docket;
  }
  const reopened = (reopenedAlerts: { new: string[]; inProgress: string[] }) =>
    ({ type: 'IncidentReopened', data: { reopenedAlerts } }) as const;

  it('gives back what the resolve closed', async () => {
    const docket = resolved();
    docket.decided('1', reopen());
    expect(await faultsOf(docket.events)).toEqual([]);
  });

  it.each([
    ['all of it', { new: [], inProgress: [] }, 'leaves 1 alerts closed that the resolve closed'],
    ['nothing else', { new: ['a'], inProgress: ['b'] }, 'makes alert a new again, where no resolve closed it'],
    ['as it was', { new: ['b'], inProgress: [] }, 'makes alert b new again, where the resolve closed it as inProgress'],
  ])('%s', async (_, alerts, fault) => {
    const docket = resolved();
    docket.happened('1', reopened(alerts));
    expect(await faultsOf(docket.events)).toContainEqual(`incident-1 6 ${fault}`);
  });
});

describe('a name that somebody gave', () => {
  it('stays', async () => {
    const docket = threeIncidents();
    docket.decided('1', rename({ displayName: 'Ours' }));
    docket.decided('1', changeTags({ add: ['x'] }));
    docket.happened('1', { type: 'IncidentNamedAutomatically', data: { displayName: 'Theirs', previous: 'Ours' } });
    expect(await faultsOf(docket.events)).toEqual(['incident-1 5 overwrites a name that somebody gave']);
  });
});
