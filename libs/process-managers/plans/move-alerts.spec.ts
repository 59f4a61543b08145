import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commentOnAlert, resolve, resolveAlert, streams } from '#incidents';
import { Docket, aCommand, aReport } from '../testing/docket.js';
import type { Move } from './move-alerts.js';
import { PlanKeeper } from './plan-keeper.js';

let docket: Docket;
beforeEach(async () => {
  docket = new Docket();
  await docket.correlate();
  for (const [id, device] of [
    ['a', 'pc-1'],
    ['b', 'pc-1'],
    ['c', 'pc-2'],
  ] as const)
    await docket.report(aReport(id, device));
});
afterEach(() => docket.stop());

const to = (toIncidentId: string | null, ...alertIds: string[]): Move => ({
  alertIds,
  toIncidentId,
  comment: null,
  reasons: [],
});
const alertsOf = async (incidentId: string) => [...((await docket.incident(incidentId))?.alerts.keys() ?? [])];

/** Lets the next append that `matches` fail as if the process had died before it. */
function crashBefore(matches: (types: string[]) => boolean) {
  const append = docket.log.append.bind(docket.log);
  docket.log.append = async (stream, expected, events) => {
    if (matches(events.map(({ type }) => type))) throw new Error('crashed');
    return append(stream, expected, events);
  };
  return () => (docket.log.append = append);
}

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

describe('an alert on its way', () => {
  it('arrives when somebody meets it', async () => {
    const recover = crashBefore((types) => types.includes('AlertMovedIn'));
    await expect(docket.parts.moveAlerts.move(aCommand(), to('2', 'a'))).rejects.toThrow('crashed');
    recover();
    expect(await alertsOf('2')).toEqual(['c']);
    const execution = await docket.parts.desk.decide('a', aCommand(), resolveAlert('a', { comment: null }));
    expect(execution).toMatchObject({ outcome: 'appended', incidentId: '2' });
    expect(await alertsOf('2')).toEqual(['c', 'a']);
  });

  it('is brought to its end by the keeper of plans', async () => {
    const recover = crashBefore((types) => types.includes('AlertMovedIn'));
    await expect(docket.parts.moveAlerts.move(aCommand('key'), to(null, 'a', 'c'))).rejects.toThrow('crashed');
    recover();
    const { log, parts } = docket;
    let bookmark: bigint | undefined;
    const keeper = new PlanKeeper({
      ...parts,
      log,
      bookmark: { load: async () => bookmark, save: async (position) => void (bookmark = position) },
      clock: () => new Date(docket.now.getTime() + 60_000),
      graceMs: 20,
      onError: (error) => expect(error).toBeUndefined(),
    });
    await keeper.start();
    while (!(await docket.events()).some(({ type }) => type === 'PlanCarriedOut'))
      await new Promise((go) => setTimeout(go, 10));
    await keeper.stop();
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

  it('that is repeated after the alert has moved on is not carried out again', async () => {
    const first = await docket.parts.desk.decide('a', aCommand('key'), commentOnAlert('a', { comment: 'Hm.' }));
    await docket.parts.moveAlerts.move(aCommand(), to('2', 'a'));
    const second = await docket.parts.desk.decide('a', aCommand('key'), commentOnAlert('a', { comment: 'Hm.' }));
    expect(second).toEqual({ ...first, outcome: 'repeated', incidentId: '1' });
  });

  it('that was never reported is refused', async () => {
    const execution = await docket.parts.desk.decide('x', aCommand(), commentOnAlert('x', { comment: 'Hm.' }));
    expect(execution).toMatchObject({ outcome: 'refused', refusal: { refused: 'unknown-alert' } });
  });
});
