import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { assign, commentOnAlert, resolve, resolveAlert, streams } from '#incidents';
import { Docket, aCommand, aLargeReport, aReport, failing, limitAppends, until } from '../testing/docket.js';
import type { Move } from './move-alerts.js';

let docket: Docket;
beforeEach(async () => void (docket = await Docket.having({ a: 'pc-1', b: 'pc-1', c: 'pc-2' })));
afterEach(() => docket.stop());

const to = (toIncidentId: string | null, ...alertIds: string[]): Move => ({
  alertIds,
  toIncidentId,
  comment: null,
  reasons: [],
});
const alertsOf = async (incidentId: string) => [...((await docket.incident(incidentId))?.alerts.keys() ?? [])];

describe('moving alerts', () => {
  it('puts them into the other incident', async () => {
    expect(await docket.parts.moveAlerts.move(aCommand(), to('2', 'a', 'b'))).toMatchObject({ incidentId: '2' });
    expect(await alertsOf('2')).toEqual(['c', 'a', 'b']);
    expect(await docket.incident('1')).toMatchObject({ systemTags: ['Empty'] });
  });

  it('to nowhere opens an incident for them', async () => {
    expect(await docket.parts.moveAlerts.move(aCommand(), to(null, 'b', 'c'))).toMatchObject({ incidentId: '3' });
    expect(await alertsOf('3')).toEqual(['b', 'c']);
  });

  it('to where they are changes nothing', async () => {
    const before = (await docket.events()).length;
    expect(await docket.parts.moveAlerts.move(aCommand(), to('1', 'a', 'b'))).toMatchObject({ outcome: 'unchanged' });
    expect(await docket.events()).toHaveLength(before);
  });

  it('to a resolved or an unknown incident, or of unknown alerts, is refused and writes nothing', async () => {
    await docket.parts.incidents.execute(streams.incident('2'), aCommand(), resolve({ comment: null }));
    const before = (await docket.events()).length;
    expect(await docket.parts.moveAlerts.move(aCommand(), to('2', 'a'))).toMatchObject({
      refused: 'incident-resolved',
    });
    expect(await docket.parts.moveAlerts.move(aCommand(), to('9', 'a'))).toMatchObject({ refused: 'unknown-incident' });
    expect(await docket.parts.moveAlerts.move(aCommand(), to('1', 'x', 'c'))).toEqual({
      refused: 'unknown-alert',
      alertIds: ['x'],
    });
    expect(await docket.events()).toHaveLength(before);
  });

  it('twice with the same key moves once and answers the same', async () => {
    const first = await docket.parts.moveAlerts.move(aCommand('key'), to('2', 'a'));
    const count = (await docket.events()).length;
    expect(await docket.parts.moveAlerts.move(aCommand('key'), to('2', 'a'))).toEqual({
      ...first,
      outcome: 'repeated',
    });
    expect(await docket.events()).toHaveLength(count);
  });

  it('that somebody else moves at the same time leaves those where they were put, and says so', async () => {
    const execute = docket.parts.incidents.execute.bind(docket.parts.incidents);
    docket.parts.incidents.execute = (async (...args: Parameters<typeof execute>) => {
      docket.parts.incidents.execute = execute;
      await docket.process().moveAlerts.move(aCommand(), to(null, 'b'));
      return execute(...args);
    }) as typeof execute;
    const moved = await docket.parts.moveAlerts.move(aCommand(), to('2', 'a', 'b'));
    expect(moved).toMatchObject({
      value: [
        { alertId: 'a', status: 'moved' },
        { alertId: 'b', status: 'refused' },
      ],
    });
    expect(await alertsOf('3')).toEqual(['b']);
  });

  it('at the same time to two places brings each alert to one of them', async () => {
    const [one, other] = [docket.process(), docket.process()];
    await Promise.all([
      one.moveAlerts.move(aCommand(), to('2', 'a', 'b')),
      other.moveAlerts.move(aCommand(), to(null, 'b', 'a')),
    ]);
    const held = (await Promise.all(['1', '2', '3'].map(alertsOf))).flat();
    expect(held.sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('a plan that was carried out but for its last line', () => {
  const crashed = async (...alertIds: string[]) => {
    const recover = failing(docket, (types) => types.includes('PlanCarriedOut'));
    await expect(docket.parts.moveAlerts.move(aCommand('key'), to('2', ...alertIds))).rejects.toThrow('crashed');
    recover();
  };

  it('does not undo a later move when the keeper finishes it', async () => {
    await crashed('a');
    await docket.process().moveAlerts.move(aCommand(), to(null, 'a'));
    await docket.keepPlans(2);
    expect(await alertsOf('3')).toEqual(['a']);
  });

  it('nor when the client repeats the command, also where an alert was brought back to where it came from', async () => {
    await crashed('a', 'b');
    await docket.process().moveAlerts.move(aCommand(), to('1', 'a'));
    await docket.parts.moveAlerts.move(aCommand('key'), to('2', 'a', 'b'));
    expect(await alertsOf('1')).toEqual(['a']);
    expect(await alertsOf('2')).toEqual(['c', 'b']);
  });
});

describe('a move that two carry out at once', () => {
  it('has one answer', async () => {
    const append = docket.log.append.bind(docket.log);
    docket.log.append = async (stream, expected, events) => {
      if (events[0]!.type === 'PlanCarriedOut') {
        docket.log.append = append;
        const other = docket.process();
        const hm = commentOnAlert('c', { comment: 'In between.' });
        await other.incidents.execute(streams.incident('2'), aCommand(), hm);
        await other.moveAlerts.carryOut((await other.plans.find({ id: 'key' }))!);
      }
      return append(stream, expected, events);
    };
    const first = await docket.parts.moveAlerts.move(aCommand('key'), to('2', 'a'));
    const second = await docket.parts.moveAlerts.move(aCommand('key'), to('2', 'a'));
    expect(second).toEqual({ ...first, outcome: 'repeated' });
  });
});

describe('a move whose alert somebody else has for a moment', () => {
  it('finds the same however often it is carried out: the alert has left, also when it has come back', async () => {
    const { moveAlerts, incidents } = docket.parts;
    const execute = incidents.execute.bind(incidents);
    let first = true;
    incidents.execute = (async (...args: Parameters<typeof execute>) => {
      if (!first) return execute(...args);
      first = false;
      const others = docket.process().moveAlerts;
      await others.move(aCommand(), to('2', 'a'));
      const execution = await execute(...args);
      await others.move(aCommand(), to('1', 'a'));
      // The same command, sent once more at the same moment, is carried out beside this one.
      await docket.process().moveAlerts.move(aCommand('key'), to(null, 'a'));
      return execution;
    }) as typeof execute;
    expect(await moveAlerts.move(aCommand('key'), to(null, 'a'))).toMatchObject({ refused: 'alerts-moved' });
    expect(await alertsOf('1')).toContain('a');
    expect(await docket.incident('3')).toBeUndefined();
  });
});

describe('a move of many large alerts', () => {
  it('leaves and arrives in parts that fit into an append', async () => {
    limitAppends(docket);
    const ids = Array.from({ length: 150 }, (_, n) => `large-${n}`);
    for (const id of ids) await docket.report(aLargeReport(id));
    const moved = await docket.parts.moveAlerts.move(aCommand(), to(null, ...ids));
    expect(moved).toMatchObject({ outcome: 'appended' });
    expect((await docket.events()).filter(({ type }) => type === 'AlertMovedIn').length).toBeGreaterThan(1);
    expect('incidentId' in moved && (await alertsOf(moved.incidentId))).toEqual(ids);
  });
});

describe('a move into an incident whose owner has a long name', () => {
  it('arrives in parts that fit into an append', async () => {
    limitAppends(docket);
    const { intake, incidents, moveAlerts } = docket.parts;
    await incidents.execute(streams.incident('2'), aCommand(), assign({ to: '名'.repeat(256), caller: 'kim' }));
    const alertIds = Array.from({ length: 1_000 }, (_, n) => `fw-${n}`);
    for (const id of alertIds)
      await intake.report(aCommand(), aReport(id, 'pc-1', { title: 'Port scan' }), id, '1', { atOnce: true });
    const count = async () => (await incidents.load(streams.incident('1'))).state?.alerts.size;
    await until(async () => (await count()) === 1_002);
    expect(await moveAlerts.move(aCommand(), to('2', ...alertIds))).toMatchObject({ outcome: 'appended' });
  }, 30_000);
});

describe('an alert on its way', () => {
  it('arrives when somebody meets it', async () => {
    const recover = failing(docket, (types) => types.includes('AlertMovedIn'));
    await expect(docket.parts.moveAlerts.move(aCommand(), to('2', 'a'))).rejects.toThrow('crashed');
    recover();
    expect(await alertsOf('2')).toEqual(['c']);
    const execution = await docket.parts.desk.decide('a', aCommand(), resolveAlert('a', { comment: null }));
    expect(execution).toMatchObject({ outcome: 'appended', incidentId: '2' });
    expect(await alertsOf('2')).toEqual(['c', 'a']);
  });

  it('is brought to its end by the keeper of plans', async () => {
    const recover = failing(docket, (types) => types.includes('AlertMovedIn'));
    await expect(docket.parts.moveAlerts.move(aCommand('key'), to(null, 'a', 'c'))).rejects.toThrow('crashed');
    recover();
    await docket.keepPlans(1);
    expect(await alertsOf('3')).toEqual(['a', 'c']);
    expect(await docket.parts.moveAlerts.move(aCommand('key'), to(null, 'a', 'c'))).toMatchObject({
      outcome: 'repeated',
      incidentId: '3',
    });
  });
});

describe('a command on an alert', () => {
  it('is carried out where the alert is now', async () => {
    const stranger = docket.process();
    await stranger.moveAlerts.move(aCommand(), to('2', 'a'));
    const execution = await docket.parts.desk.decide('a', aCommand(), commentOnAlert('a', { comment: 'Hm.' }));
    expect(execution).toMatchObject({ outcome: 'appended', incidentId: '2' });
  });

  it('with If-Match needs the revision of the incident that the alert is in now', async () => {
    await docket.parts.arrivals.stop(); // nobody has reported for a while, so that nobody follows the log
    const merged = await docket.process().mergeIncidents.merge(aCommand(), {
      incidentIds: ['1', '2'],
      comment: null,
      reasons: [],
    });
    const ifRevision = 'refused' in merged ? -1 : merged.revision;
    const execution = await docket.parts.desk.decide('c', aCommand(), resolveAlert('c', { comment: null }), {
      ifRevision,
    });
    expect(execution).toMatchObject({ outcome: 'appended', incidentId: '1' });
  });

  it('that is repeated after the alert has moved on is not carried out again', async () => {
    const first = await docket.parts.desk.decide('a', aCommand('key'), commentOnAlert('a', { comment: 'Hm.' }));
    await docket.parts.moveAlerts.move(aCommand(), to('2', 'a'));
    const second = await docket.parts.desk.decide('a', aCommand('key'), commentOnAlert('a', { comment: 'Hm.' }));
    expect(second).toEqual({ ...first, outcome: 'repeated', incidentId: '1' });
  });

  it('is remembered wherever the alert has passed through', async () => {
    const hm = commentOnAlert('a', { comment: 'Hm.' });
    await docket.parts.desk.decide('a', aCommand('key'), hm);
    await docket.parts.moveAlerts.move(aCommand(), to('2', 'a'));
    const third = await docket.parts.moveAlerts.move(aCommand(), to(null, 'a'));
    await docket.parts.moveAlerts.move(aCommand(), to('2', 'a'));
    expect(third).toMatchObject({ incidentId: '3' });
    expect(await docket.parts.desk.decide('a', aCommand('key'), hm)).toMatchObject({
      outcome: 'repeated',
      incidentId: '1',
    });
  });

  it('that was never reported is refused', async () => {
    const execution = await docket.parts.desk.decide('x', aCommand(), commentOnAlert('x', { comment: 'Hm.' }));
    expect(execution).toMatchObject({ outcome: 'refused', refusal: { refused: 'unknown-alert' } });
  });
});
