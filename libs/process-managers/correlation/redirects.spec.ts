import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { resolve, streams } from '#incidents';
import type { AlertAdded } from '#incidents';
import { Docket, aCommand, aReport, failing, holding, until } from '../testing/docket.js';

let docket: Docket;
beforeEach(async () => {
  docket = new Docket();
  const correlator = await docket.correlate();
  await docket.report(aReport('a', 'pc-1'));
  await docket.report(aReport('b', 'pc-2'));
  await correlator.stop();
});
afterEach(() => docket.stop());

const merge = (...incidentIds: string[]) =>
  docket.process().mergeIncidents.merge(aCommand(), { incidentIds, comment: null, reasons: [] });

/** The incidents that have the alert, an alert on its way counting where it goes. */
const placesOf = async (alertId: string) =>
  [...(await docket.incidents()).values()]
    .filter(({ alerts }) => alerts.has(alertId))
    .map(({ incidentId }) => incidentId);

const reasonsOf = async (alertId: string) =>
  (await docket.events())
    .filter((event) => event.type === 'AlertAdded' && event.data.alert.alertId === alertId)
    .map(({ data }) => (data as AlertAdded['data']).reason);

/** The process of a correlator dies when it brings an alert: before that is written, or before it hears of it. */
async function crashBringing(deviceOfAlert: string, when: 'before' | 'after', named: string | null = null) {
  const recover = failing(docket, (types) => types.includes('AlertAdded'), when);
  const correlator = await docket.correlate();
  const answer = docket.report(aReport('new', deviceOfAlert), named);
  await correlator.following?.done;
  recover();
  return answer;
}

describe('an alert on its way to an incident that is merged', () => {
  it('comes where the incident went, for the same reason', async () => {
    const answer = crashBringing('pc-2', 'before');
    await until(() => docket.correlators.at(-1)?.following?.state === 'failed');
    await merge('1', '2');
    await docket.correlate();
    expect(await answer).toMatchObject({ incidentId: '1' });
    expect(await placesOf('new')).toEqual(['1']);
    expect(await reasonsOf('new')).toEqual([{ rule: 'sharedEntity', entity: 'device:pc-2' }]);
  });

  it('stays an alert that was reported into it', async () => {
    const answer = crashBringing('pc-9', 'before', '2');
    await until(() => docket.correlators.at(-1)?.following?.state === 'failed');
    await merge('1', '2');
    await docket.correlate();
    expect(await answer).toMatchObject({ incidentId: '1' });
    expect(await reasonsOf('new')).toEqual([{ rule: 'reportedInto' }]);
  });

  it('follows it through several merges', async () => {
    const correlator = await docket.correlate();
    await docket.report(aReport('c', 'pc-3'));
    await correlator.stop();
    const answer = crashBringing('pc-3', 'before');
    await until(() => docket.correlators.at(-1)?.following?.state === 'failed');
    await merge('2', '3');
    await merge('1', '2');
    await docket.correlate();
    expect(await answer).toMatchObject({ incidentId: '1' });
    expect(await placesOf('new')).toEqual(['1']);
  });

  it('opens an incident where the one that it leads to was resolved', async () => {
    void crashBringing('pc-2', 'before');
    await until(() => docket.correlators.at(-1)?.following?.state === 'failed');
    await merge('1', '2');
    await docket.process().incidents.execute(streams.incident('1'), aCommand(), resolve({ comment: null }));
    await docket.correlate();
    await until(async () => (await placesOf('new')).length > 0);
    expect(await placesOf('new')).toEqual(['3']);
  });
});

describe('routes that are carried out again late', () => {
  it('leave an alert that came before the merge where the merge brought it', async () => {
    void crashBringing('pc-2', 'after');
    await until(() => docket.correlators.at(-1)?.following?.state === 'failed');
    await merge('1', '2');
    await docket.correlate();
    await docket.report(aReport('later', 'pc-2'));
    expect(await placesOf('new')).toEqual(['1']);
    expect(await reasonsOf('new')).toHaveLength(1);
    expect(await placesOf('later')).toEqual(['1']);
  });

  it('leave it also where the merge has not brought it yet', async () => {
    void crashBringing('pc-2', 'after');
    await until(() => docket.correlators.at(-1)?.following?.state === 'failed');
    const recover = failing(docket, (types) => types.includes('AlertMovedIn'));
    await expect(merge('1', '2')).rejects.toThrow('crashed');
    recover();
    await docket.correlate();
    await docket.report(aReport('later', 'pc-9'));
    expect(await placesOf('new')).toEqual([]);
    expect(await reasonsOf('new')).toHaveLength(1);
  });

  it('by a correlator that was held up meanwhile bring nothing a second time', async () => {
    const slow = await docket.correlate();
    const { reached, go } = holding(slow.options.incidents);
    const answer = docket.report(aReport('new', 'pc-2'));
    await reached;
    await merge('1', '2');
    await docket.correlate();
    expect(await answer).toMatchObject({ incidentId: '1' });
    go();
    await docket.report(aReport('later', 'pc-9'));
    await slow.stop();
    expect(await placesOf('new')).toEqual(['1']);
    expect(await reasonsOf('new')).toHaveLength(1);
  });
});

describe('a report that names an incident that was merged', () => {
  beforeEach(async () => {
    await merge('1', '2');
    await docket.correlate();
  });

  it('goes to the incident that it is part of', async () => {
    expect(await docket.report(aReport('new', 'pc-9'), '2')).toMatchObject({ outcome: 'reported', incidentId: '1' });
    expect(await reasonsOf('new')).toEqual([{ rule: 'reportedInto' }]);
  });

  it('is refused where that one is resolved', async () => {
    await docket.process().incidents.execute(streams.incident('1'), aCommand(), resolve({ comment: null }));
    const refusal = { refused: 'incident-resolved', incidentId: '1' };
    expect(await docket.report(aReport('new', 'pc-9'), '2')).toEqual(refusal);
  });

  it('and comes along with it is imported, also where that one is resolved', async () => {
    await docket.process().incidents.execute(streams.incident('1'), aCommand(), resolve({ comment: null }));
    const report = aReport('new', 'pc-9');
    const along = docket.parts.intake.report(aCommand(), report, 'hash', '2', { imported: true });
    expect(await along).toMatchObject({ outcome: 'reported', incidentId: '1' });
    expect(await reasonsOf('new')).toEqual([{ rule: 'imported' }]);
    expect((await docket.incident('1'))?.alerts.get('new')?.status).toBe('resolved');
  });
});
