import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { assign, changeTags, comment, commentOnAlert, resolve, resolveAlert, streams } from '#incidents';
import type { Decision, DocketEvent, Incident } from '#incidents';
import { Docket, aCommand, aLargeReport, aReport, failing, limitAppends, until } from '../testing/docket.js';

let docket: Docket;
beforeEach(async () => void (docket = await Docket.having({ a: 'pc-1', b: 'pc-2', c: 'pc-3', d: 'pc-2' })));
afterEach(() => docket.stop());

const because = { comment: null, reasons: [] };
const merging = (...incidentIds: string[]) => ({ incidentIds, ...because });
const moving = (toIncidentId: string | null, ...alertIds: string[]) => ({ alertIds, toIncidentId, ...because });
const alertsOf = async (incidentId: string) => [...((await docket.incident(incidentId))?.alerts.keys() ?? [])].sort();
const execute = (incidentId: string, decide: (incident: Incident | undefined) => Decision) =>
  docket.process().incidents.execute(streams.incident(incidentId), aCommand(), decide as never);
const countOf = (type: DocketEvent['type']) => docket.countOf(type);

/** The process dies at the first append that has an event of this type. */
async function crashAt(type: string, ...incidentIds: string[]): Promise<void> {
  const recover = failing(docket, (types) => types.includes(type));
  await expect(docket.parts.mergeIncidents.merge(aCommand('key'), merging(...incidentIds))).rejects.toThrow('crashed');
  recover();
}

describe('merging incidents', () => {
  it('brings all alerts into the one with the lowest number', async () => {
    expect(await docket.parts.mergeIncidents.merge(aCommand(), merging('3', '1', '2'))).toMatchObject({
      outcome: 'appended',
      incidentId: '1',
      value: [
        { incidentId: '2', status: 'merged' },
        { incidentId: '3', status: 'merged' },
      ],
    });
    expect(await alertsOf('1')).toEqual(['a', 'b', 'c', 'd']);
    expect(await docket.incident('2')).toMatchObject({ redirect: { toIncidentId: '1' }, systemTags: ['Redirected'] });
  });

  it('that are not there, or resolved, is refused and writes nothing', async () => {
    await execute('3', resolve({ comment: null }));
    const before = (await docket.events()).length;
    const refusedFor = (...incidentIds: string[]) =>
      docket.parts.mergeIncidents.merge(aCommand(), merging(...incidentIds));
    expect(await refusedFor('1', '9')).toEqual({ refused: 'unknown-incident', incidentId: '9' });
    expect(await refusedFor('1', '3')).toEqual({ refused: 'incident-resolved', incidentId: '3' });
    expect(await docket.events()).toHaveLength(before);
  });

  it('twice with the same key merges once and answers the same', async () => {
    const first = await docket.parts.mergeIncidents.merge(aCommand('key'), merging('1', '2'));
    const count = (await docket.events()).length;
    const second = await docket.process().mergeIncidents.merge(aCommand('key'), merging('1', '2'));
    expect(second).toEqual({ ...first, outcome: 'repeated' });
    expect(await docket.events()).toHaveLength(count);
  });

  it('of which one is merged into another at the same moment goes where that one is', async () => {
    const recover = failing(docket, (types) => types.includes('IncidentMerged'));
    await expect(docket.parts.mergeIncidents.merge(aCommand('key'), merging('2', '3'))).rejects.toThrow('crashed');
    recover();
    await docket.process().mergeIncidents.merge(aCommand(), merging('1', '2'));
    expect(await docket.parts.mergeIncidents.merge(aCommand('key'), merging('2', '3'))).toMatchObject({
      incidentId: '1',
      value: [{ incidentId: '3', status: 'merged' }],
    });
    expect(await alertsOf('1')).toEqual(['a', 'b', 'c', 'd']);
  });

  it('that somebody else merged elsewhere meanwhile says where they are', async () => {
    await crashAt('IncidentMerged', '2', '3');
    await docket.process().mergeIncidents.merge(aCommand(), merging('1', '3'));
    expect(await docket.parts.mergeIncidents.merge(aCommand('key'), merging('2', '3'))).toEqual({
      refused: 'incident-redirected',
      incidentId: '3',
      redirectIncidentId: '1',
    });
    expect(await alertsOf('2')).toEqual(['b', 'd']);
  });

  it('keeps what the target has got meanwhile', async () => {
    await execute('2', assign({ to: 'kim', caller: 'kim' }));
    await crashAt('IncidentMerged', '1', '2');
    await execute('1', assign({ to: 'lee', caller: 'lee' }));
    await docket.keepPlans(1);
    expect(await docket.incident('1')).toMatchObject({ assignedTo: 'lee' });
  });

  it('closes what arrives in a target that was resolved meanwhile', async () => {
    await crashAt('AlertMovedIn', '1', '2');
    await execute('1', resolve({ comment: null }));
    await docket.keepPlans(1);
    const { status, alerts } = (await docket.incident('1'))!;
    expect({ status, of: [...alerts.values()].map((alert) => alert.status) }).toEqual({
      status: 'resolved',
      of: ['resolved', 'resolved', 'resolved'],
    });
  });

  it('is completed, whatever owner, tags and comment come into an incident of very many alerts', async () => {
    limitAppends(docket);
    const { incidents, intake, mergeIncidents } = docket.parts;
    const idOf = (n: number) => `da${String(n).padStart(8, '0')}_`.padEnd(70, 'x');
    for (let n = 0; n < 9_900; n++)
      await intake.report(aCommand(), aReport(idOf(n), 'pc-1', { evidence: [] }), String(n), '1', { atOnce: true });
    const count = async () => (await incidents.load(streams.incident('1'))).state!.alerts.size;
    await until(async () => (await count()) === 9_901);
    await execute('2', assign({ to: 'kim', caller: 'kim' }));
    const tags = Array.from({ length: 200 }, (_, n) => `${n} ${'タグ'.repeat(126)}`);
    await execute('2', changeTags({ add: tags }));
    const wish = { incidentIds: ['1', '2'], comment: '注'.repeat(30_000), reasons: [] };
    expect(await mergeIncidents.merge(aCommand(), wish)).toMatchObject({ outcome: 'appended' });
    expect(await docket.incident('1')).toMatchObject({ assignedTo: 'kim' });
  }, 60_000);

  it('of many large alerts brings them in parts that fit into an append', async () => {
    limitAppends(docket);
    const ids = Array.from({ length: 150 }, (_, n) => `large-${100 + n}`);
    for (const id of ids) await docket.report(aLargeReport(id));
    await docket.parts.mergeIncidents.merge(aCommand(), merging('1', '4'));
    expect(await countOf('AlertMovedIn')).toBeGreaterThan(1);
    expect(await alertsOf('1')).toEqual(['a', ...ids]);
  });
});

describe('a merge that was left behind', () => {
  it.each(['IncidentMerged', 'IncidentAbsorbed', 'AlertMovedIn', 'PlanCarriedOut'])(
    'before its first %s is brought to its end by the keeper of plans, and by whoever repeats it',
    async (type) => {
      await crashAt(type, '1', '2', '3');
      await docket.keepPlans(1);
      expect(await alertsOf('1')).toEqual(['a', 'b', 'c', 'd']);
      expect(await countOf('IncidentAbsorbed')).toBe(2);
      expect(await docket.parts.mergeIncidents.merge(aCommand('key'), merging('1', '2', '3'))).toMatchObject({
        outcome: 'repeated',
        incidentId: '1',
        value: [{ status: 'merged' }, { status: 'merged' }],
      });
      expect(await countOf('AlertMovedIn')).toBe(2);
    },
  );

  it('is completed by whoever wants something of one of its alerts', async () => {
    await crashAt('IncidentAbsorbed', '1', '2');
    const execution = await docket.parts.desk.decide('d', aCommand(), resolveAlert('d', { comment: null }));
    expect(execution).toMatchObject({ outcome: 'appended', incidentId: '1' });
    expect(await alertsOf('1')).toEqual(['a', 'b', 'd']);
  });

  it('is completed in the incident that its target was merged into', async () => {
    await crashAt('IncidentAbsorbed', '2', '3');
    await docket.process().mergeIncidents.merge(aCommand(), merging('1', '2'));
    await docket.keepPlans(2);
    expect(await alertsOf('1')).toEqual(['a', 'b', 'c', 'd']);
    expect((await docket.incident('1'))!.absorbed.size).toBe(2);
  });

  it('has its second half completed there, where the first had arrived before', async () => {
    limitAppends(docket);
    for (let n = 0; n < 80; n += 1) await docket.report(aLargeReport(`large-${n}`));
    let arrivals = 0;
    const recover = failing(docket, (types) => types.includes('AlertMovedIn') && ++arrivals > 1);
    await expect(docket.parts.mergeIncidents.merge(aCommand('key'), merging('2', '4'))).rejects.toThrow('crashed');
    recover();
    const before = (await alertsOf('2')).length;
    expect(before).toBeGreaterThan(2);
    expect(before).toBeLessThan(82);
    await docket.process().mergeIncidents.merge(aCommand(), merging('1', '2'));
    await docket.keepPlans(2);
    expect(await alertsOf('1')).toHaveLength(83);
  });
});

describe('a move into an incident that is merged', () => {
  it('arrives in the one that it is part of', async () => {
    const recover = failing(docket, (types) => types.includes('AlertMovedIn'));
    await expect(docket.parts.moveAlerts.move(aCommand('move'), moving('2', 'c'))).rejects.toThrow('crashed');
    recover();
    await docket.process().mergeIncidents.merge(aCommand(), merging('1', '2'));
    expect(await alertsOf('1')).toEqual(['a', 'b', 'd']);
    const again = await docket.parts.moveAlerts.move(aCommand('move'), moving('2', 'c'));
    expect(again).toMatchObject({ incidentId: '1', value: [{ alertId: 'c', status: 'moved' }] });
    expect(await alertsOf('1')).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is refused, with where to move them, where it was merged before', async () => {
    await docket.parts.mergeIncidents.merge(aCommand(), merging('1', '2'));
    expect(await docket.parts.moveAlerts.move(aCommand(), moving('2', 'c'))).toEqual({
      refused: 'incident-redirected',
      incidentId: '2',
      redirectIncidentId: '1',
    });
  });

  it('out of it leaves alone what somebody merged at the same moment', async () => {
    const recover = failing(docket, (types) => types.includes('AlertMovedOut'));
    await expect(docket.parts.moveAlerts.move(aCommand('move'), moving('3', 'b'))).rejects.toThrow('crashed');
    recover();
    await docket.process().mergeIncidents.merge(aCommand(), merging('1', '2'));
    expect(await docket.parts.moveAlerts.move(aCommand('move'), moving('3', 'b'))).toMatchObject({
      refused: 'alerts-moved',
    });
    expect(await alertsOf('1')).toEqual(['a', 'b', 'd']);
  });
});

describe('what was done before a merge', () => {
  it('to the incident is remembered there', async () => {
    const hm = comment({ comment: 'Hm.' });
    const stream = streams.incident('2');
    const first = await docket.parts.incidents.execute(stream, aCommand('key'), hm as never);
    await docket.parts.mergeIncidents.merge(aCommand(), merging('1', '2'));
    const second = await docket.process().incidents.execute(stream, aCommand('key'), hm as never);
    expect(second).toEqual({ ...first, outcome: 'repeated' });
  });

  it('to one of its alerts too', async () => {
    const hm = commentOnAlert('b', { comment: 'Hm.' });
    const first = await docket.parts.desk.decide('b', aCommand('key'), hm);
    await docket.parts.mergeIncidents.merge(aCommand(), merging('1', '2'));
    const second = await docket.process().desk.decide('b', aCommand('key'), hm);
    expect(second).toEqual({ ...first, outcome: 'repeated', incidentId: '2' });
  });
});

describe('two merges at the same moment', () => {
  it.each([
    [
      ['1', '2'],
      ['2', '3'],
    ],
    [
      ['1', '3'],
      ['2', '3'],
    ],
    [
      ['1', '2', '3'],
      ['1', '2', '3'],
    ],
  ])('of %j and %j bring every alert into one incident', async (one, other) => {
    const [first, second] = [docket.process(), docket.process()];
    await Promise.all([
      first.mergeIncidents.merge(aCommand(), merging(...one)),
      second.mergeIncidents.merge(aCommand(), merging(...other)),
    ]);
    await until(async () => (await countOf('PlanCarriedOut')) > 0);
    const held = (await Promise.all(['1', '2', '3'].map(alertsOf))).flat();
    expect(held.sort()).toEqual(['a', 'b', 'c', 'd']);
    for (const { incidentId, redirect, alerts } of (await docket.incidents()).values())
      if (redirect) expect({ incidentId, left: alerts.size }).toEqual({ incidentId, left: 0 });
  });
});
