import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AlertNotRouted } from './alert-hints.js';
import { ReportUpdates } from './report-updates.js';
import { Docket, aCommand, aReport, failing, until } from './testing/docket.js';

let docket: Docket;
beforeEach(() => void (docket = new Docket()));
afterEach(() => docket.stop());

const anew = (title: string, day: number) =>
  aReport('a', 'pc-1', { title, lastUpdateDateTime: `2026-01-0${day}T00:00:00Z` });

const fromTheStart = { load: async () => undefined, save: async () => {} };

/** Handles the whole log, as a projector that comes up does. */
async function carryOn(): Promise<void> {
  const updates = new ReportUpdates(docket.log, fromTheStart, docket.process().intake);
  const following = await updates.start();
  await following.reached((await docket.log.head())!, 2_000);
  await updates.stop();
}

describe('what a product reported anew', () => {
  it('is carried into the incident where its intake broke off', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    const recover = failing(docket, (types) => types.includes('AlertUpdated'));
    await expect(docket.report(anew('Better', 2))).rejects.toThrow('crashed');
    recover();
    await carryOn();
    expect(await docket.incident('1')).toMatchObject({ displayName: 'Better' });
  });

  it('never overwrites what was reported later', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    const recover = failing(docket, (types) => types.includes('AlertUpdated'));
    await expect(docket.report(anew('Older', 2))).rejects.toThrow('crashed');
    recover();
    await docket.report(anew('Newest', 3));
    await carryOn();
    expect(await docket.incident('1')).toMatchObject({ displayName: 'Newest' });
  });

  it('changes nothing when it is handled again after the alert has moved on', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    await docket.report(anew('Second', 2));
    await docket.report(anew('Third', 3));
    const move = { alertIds: ['a'], toIncidentId: null, comment: null, reasons: [] };
    await docket.parts.moveAlerts.move(aCommand(), move);
    const before = (await docket.events()).length;
    await carryOn();
    expect(await docket.events()).toHaveLength(before);
  });

  it('waits for the alert to have an incident: to begin again later is enough', async () => {
    void docket.report(aReport('a', 'pc-1'));
    await until(async () => (await docket.events()).length === 1);
    void docket.report(anew('Better', 2)).catch(() => {});
    await until(async () => (await docket.events()).length === 2);
    const updates = new ReportUpdates(docket.log, fromTheStart, docket.process().intake);
    expect(await (await updates.start()).done).toBeInstanceOf(AlertNotRouted);
    await docket.correlate();
    await until(async () => (await docket.incidents()).size === 1);
    await carryOn();
    expect(await docket.incident('1')).toMatchObject({ displayName: 'Better' });
  });
});
