import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { assign, reopen, resolve, streams } from '#incidents';
import {
  Docket,
  aCommand,
  aLargeReport,
  aReport,
  failing,
  holding,
  limitAppends,
  nothingKnown,
  until,
} from '../testing/docket.js';

let docket: Docket;
beforeEach(() => void (docket = new Docket()));
afterEach(() => docket.stop());

const shown = async () =>
  [...(await docket.incidents()).values()].map(({ incidentId, alerts }) => [incidentId, [...alerts.keys()]]);

describe('a reported alert', () => {
  it('opens an incident where nothing is shared', async () => {
    await docket.correlate();
    expect(await docket.report(aReport('a', 'pc-1'))).toMatchObject({ outcome: 'reported', incidentId: '1' });
    expect(await docket.report(aReport('b', 'pc-2'))).toMatchObject({ outcome: 'reported', incidentId: '2' });
  });

  it('joins the incident that shares an entity with it, and the history says which', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'PC-1'));
    await docket.report(aReport('b', 'pc-1'));
    expect(await shown()).toEqual([['1', ['a', 'b']]]);
    const added = (await docket.events()).filter(({ type }) => type === 'AlertAdded').at(-1);
    expect(added?.data).toMatchObject({ reason: { rule: 'sharedEntity', entity: 'device:pc-1' } });
  });

  it('joins it also where the read model has not seen that incident yet', async () => {
    await docket.correlate({ known: nothingKnown });
    await docket.report(aReport('a', 'pc-1'));
    await docket.report(aReport('b', 'pc-1'));
    expect(await shown()).toEqual([['1', ['a', 'b']]]);
  });

  it('comes together with others of the same batch, before their incident has a number', async () => {
    const answers = ['a', 'b', 'c'].map((id) => docket.report(aReport(id, id === 'c' ? 'pc-2' : 'pc-1')));
    await docket.correlate();
    await Promise.all(answers);
    expect(await shown()).toEqual([
      ['1', ['a', 'b']],
      ['2', ['c']],
    ]);
  });

  it('does not join an incident that has been resolved', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    await docket.parts.incidents.execute(streams.incident('1'), aCommand(), resolve({ comment: null }));
    await docket.report(aReport('b', 'pc-1'));
    expect(await shown()).toEqual([
      ['1', ['a']],
      ['2', ['b']],
    ]);
  });

  it('goes to the incident that the report names', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    expect(await docket.report(aReport('b', 'pc-2'), '1')).toMatchObject({ incidentId: '1' });
  });

  it('is refused where the report names a resolved or an unknown incident', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    await docket.parts.incidents.execute(streams.incident('1'), aCommand(), resolve({ comment: null }));
    const before = (await docket.events()).length;
    expect(await docket.report(aReport('b', 'pc-2'), '1')).toEqual({ refused: 'incident-resolved', incidentId: '1' });
    expect(await docket.report(aReport('b', 'pc-2'), '9')).toEqual({ refused: 'unknown-incident' });
    expect(await docket.events()).toHaveLength(before);
  });

  it('that comes again changes nothing', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    const before = (await docket.events()).length;
    expect(await docket.report(aReport('a', 'pc-1'))).toMatchObject({ outcome: 'unchanged', incidentId: '1' });
    expect(await docket.events()).toHaveLength(before);
  });

  it('that comes with newer content is updated in its incident', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    const newer = aReport('a', 'pc-1', { title: 'Better', lastUpdateDateTime: '2026-01-02T00:00:00Z' });
    expect(await docket.report(newer)).toMatchObject({ outcome: 'updated', incidentId: '1' });
    expect(await docket.incident('1')).toMatchObject({ displayName: 'Better' });
  });
});

describe('the correlator', () => {
  it('goes on where it stopped', async () => {
    const first = await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    await first.stop();
    const waiting = docket.report(aReport('b', 'pc-2'));
    await docket.correlate();
    expect(await waiting).toMatchObject({ incidentId: '2' });
    expect(await shown()).toEqual([
      ['1', ['a']],
      ['2', ['b']],
    ]);
  });

  it('carries out a route that was decided before a crash', async () => {
    const first = await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    await first.stop();
    // The route stands, the arrival is missing.
    const recover = failing(docket, (types) => types.includes('AlertAdded'));
    const crashing = await docket.correlate();
    const waiting = docket.report(aReport('b', 'pc-2'));
    await expect(crashing.following?.done).resolves.toEqual(new Error('crashed'));
    recover();
    await docket.correlate();
    expect(await waiting).toMatchObject({ incidentId: '2' });
  });

  it('and another one at the same time give each alert one incident', async () => {
    await docket.correlate();
    await docket.correlate();
    const ids = Array.from({ length: 40 }, (_, n) => `alert-${n}`);
    await Promise.all(ids.map((id, n) => docket.report(aReport(id, `pc-${n % 5}`))));
    const held = [...(await docket.incidents()).values()].flatMap(({ alerts }) => [...alerts.keys()]);
    expect(held.sort()).toEqual(ids.sort());
    expect((await docket.events()).filter(({ type }) => type === 'AlertAdded')).toHaveLength(ids.length);
  });

  it('that was held up does not add an alert that another one has routed elsewhere meanwhile', async () => {
    const slow = await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    const { reached, go } = holding(slow.options.incidents);
    const answer = docket.report(aReport('b', 'pc-1'));
    await reached;
    await docket.parts.incidents.execute(streams.incident('1'), aCommand(), resolve({ comment: null }));
    await docket.correlate();
    expect(await answer).toMatchObject({ incidentId: '2' });
    await docket.parts.incidents.execute(streams.incident('1'), aCommand(), reopen());
    go();
    await docket.report(aReport('c', 'pc-9'));
    await slow.stop();
    expect([...(await docket.incident('1'))!.alerts.keys()]).toEqual(['a']);
  });

  it('and another one that start at once both take up what is left, and both live on', async () => {
    const first = await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    const recover = failing(docket, (types) => types.includes('AlertAdded'));
    const answer = docket.report(aReport('b', 'pc-1'));
    await first.following?.done;
    recover();
    await docket.parts.incidents.execute(streams.incident('1'), aCommand(), resolve({ comment: null }));
    await Promise.all([docket.correlate(), docket.correlate()]);
    expect(await answer).toMatchObject({ incidentId: '2' });
  });

  it('that starts while another one carries out the last routes does not route again what that one has routed again', async () => {
    const first = await docket.correlate();
    await docket.report(aReport('x', 'pc-1'));
    const append = docket.log.append.bind(docket.log);
    let goOn!: () => void;
    const held = new Promise<void>((go) => (goOn = go));
    const isIn = async (incidentId: string) => (await docket.incident(incidentId))?.alerts.has('a') === true;
    let routed = 0;
    docket.log.append = async (stream, expected, events) => {
      if (events[0]?.type !== 'AlertsRouted') return append(stream, expected, events);
      routed += 1;
      if (routed === 1) {
        // `a` is routed to incident 1; the first correlator stands still before it brings it there.
        const appended = await append(stream, expected, events);
        await held;
        return appended;
      }
      if (routed === 2) {
        // The second one has found that 1 turns `a` away, and would route it again: the first one is a bit faster.
        goOn();
        await until(async () => (await isIn('2')) || (await isIn('3')));
      }
      return append(stream, expected, events);
    };
    const waiting = docket.report(aReport('a', 'pc-2', { evidence: [] }), '1');
    await until(() => routed === 1);
    await docket.parts.incidents.execute(streams.incident('1'), aCommand(), resolve({ comment: null }));
    await docket.correlate();
    await waiting;
    await docket.report(aReport('b', 'pc-9')); // whatever was to be routed before is
    expect((await shown()).filter(([, alertIds]) => alertIds!.includes('a'))).toHaveLength(1);
    expect(first.following?.failure).toBeUndefined();
  });

  it('that has fallen behind brings thousands of short alerts to an incident in parts that fit into an append', async () => {
    limitAppends(docket);
    const first = await docket.correlate();
    await docket.report(aReport('x', 'pc-1'));
    const { intake, incidents } = docket.parts;
    const owner = `${'k'.repeat(80)}@contoso.example`;
    await incidents.execute(streams.incident('1'), aCommand(), assign({ to: owner, caller: 'kim' }));
    await first.stop();
    const append = docket.log.append.bind(docket.log);
    docket.log.append = async (stream, expected, events) => {
      // Meanwhile the others come.
      if (events[0]?.type === 'AlertsRouted') await new Promise((resolve) => setTimeout(resolve, 300));
      return append(stream, expected, events);
    };
    const short = { title: 'Port scan', category: null, serviceSource: null, detectionSource: null };
    for (let n = 0; n < 1_500; n++)
      await intake.report(aCommand(), aReport(`fw-${n}`, 'pc-1', short), String(n), null, { atOnce: true });
    const correlator = await docket.correlate();
    const count = async () => (await incidents.load(streams.incident('1'))).state?.alerts.size;
    await until(async () => correlator.following?.failure !== undefined || (await count()) === 1_501);
    expect(correlator.following?.failure).toBeUndefined();
  }, 30_000);

  it('brings many large alerts to one incident in parts that fit into an append', async () => {
    limitAppends(docket);
    const ids = Array.from({ length: 150 }, (_, n) => `large-${n}`);
    const answers = ids.map((id) => docket.report(aLargeReport(id)));
    await until(async () => (await docket.events()).length === ids.length);
    await docket.correlate();
    await Promise.all(answers);
    expect((await docket.incident('1'))?.alerts.size).toBe(ids.length);
  });
});

describe('a report that is repeated with its key', () => {
  it('gets the same answer', async () => {
    await docket.correlate();
    const first = await docket.report(aReport('a', 'pc-1'), null, aCommand('key'));
    expect(await docket.report(aReport('a', 'pc-1'), null, aCommand('key'))).toEqual({ ...first, repeated: true });
  });

  it('finishes an update that was broken off', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    const newer = aReport('a', 'pc-1', { title: 'Better', lastUpdateDateTime: '2026-01-02T00:00:00Z' });
    const recover = failing(docket, (types) => types.includes('AlertUpdated'));
    await expect(docket.report(newer, null, aCommand('key'))).rejects.toThrow('crashed');
    recover();
    expect(await docket.report(newer, null, aCommand('key'))).toMatchObject({ outcome: 'updated', repeated: true });
    expect(await docket.incident('1')).toMatchObject({ displayName: 'Better' });
  });
});
