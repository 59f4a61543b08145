/** What cannot be read concerns what it is about, and stops nobody else. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventMetadata } from '#event-store';
import { streams } from '#incidents';
import { ReportUpdates } from './report-updates.js';
import { Docket, aReport, failing } from './testing/docket.js';

let docket: Docket;
let complaints: string[];
beforeEach(() => {
  docket = new Docket();
  complaints = [];
});
afterEach(() => docket.stop());

const onError = (error: unknown) => complaints.push(String(error));

const unreadable = (stream: string, type: string) =>
  docket.log.append(stream, 'any', [{ id: randomUUID(), type, data: {}, metadata: {} as EventMetadata }]);

/** One in a schema that is not known here yet. */
const ofALaterDocket = (stream: string, type: string) => {
  const actor = { id: 'system:later', name: 'Later', kind: 'system' } as const;
  const metadata = { schema: 99, at: '2026-01-01T12:00:00.000Z', actor, $correlationId: 'x', $causationId: 'x' };
  return docket.log.append(stream, 'any', [{ id: randomUUID(), type, data: { anything: true }, metadata }]);
};

describe('what a later Docket wrote', () => {
  it.each([
    ['alert-x', 'AlertReported'],
    ['alert-a', 'AlertReportUpdated'],
    ['incident-1', 'AlertAdded'],
    ['incident-1', 'AlertMovedOut'],
    ['incident-1', 'AlertMovedIn'],
    ['incident-1', 'IncidentResolved'],
  ])('of %s, %s, keeps no other alert from its incident', async (stream, type) => {
    const correlator = await docket.correlate({ onError });
    await docket.report(aReport('a', 'pc-1'));
    const { position } = await ofALaterDocket(stream, type);
    const fromTheStart = { load: async () => undefined, save: async () => {} };
    const updates = await new ReportUpdates(docket.log, fromTheStart, docket.process().intake, onError).start();
    expect(await docket.report(aReport('b', 'pc-2'))).toMatchObject({ incidentId: '2' });
    await updates.reached(position, 2_000);
    expect([correlator.following?.failure, updates.failure]).toEqual([undefined, undefined]);
    await updates.stop();
  });

  it('lets nobody decide on an incident by a guess', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    await ofALaterDocket('incident-1', 'IncidentResolved');
    const { incidents } = docket.process();
    await expect(incidents.load(streams.incident('1'))).rejects.toThrow(/incident-1 .*schema 99, and 1 is known here/);
  });
});

describe('correlation', () => {
  it('gives alerts to other incidents where one cannot be read', async () => {
    await docket.correlate({ onError });
    await docket.report(aReport('a', 'pc-1'));
    await unreadable(streams.incident('1'), 'IncidentRenamed');
    expect(await docket.report(aReport('b', 'pc-1'))).toMatchObject({ incidentId: '2' });
    expect(await docket.report(aReport('c', 'pc-1'))).toMatchObject({ incidentId: '2' });
  });

  it('routes on past a report that cannot be read, and says so', async () => {
    const correlator = await docket.correlate({ onError });
    await unreadable(streams.alert('x'), 'AlertReported');
    expect(await docket.report(aReport('a', 'pc-1'))).toMatchObject({ incidentId: '1' });
    expect(correlator.following?.state).toBe('live');
    expect(complaints).toEqual([expect.stringContaining('alert-x')]);
  });

  it('routes an alert anew that was on its way into what cannot be read, and no alert that had come in', async () => {
    const first = await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    await first.stop();
    await unreadable(streams.incident('1'), 'IncidentRenamed');
    const second = await docket.correlate({ onError });
    await docket.report(aReport('b', 'pc-2'));
    const places = (await docket.log.head())!;
    await second.following?.reached(places, 2_000);
    const added: string[] = [];
    for await (const { type, stream } of docket.log.readAll({ asStored: true }))
      if (type === 'AlertAdded') added.push(stream);
    expect(added).toEqual(['incident-1', 'incident-2']);
    expect(complaints).toEqual([expect.stringContaining('incident-1')]);
  });
});

describe('what a product reported anew', () => {
  it('is carried into other incidents where that of one alert cannot be read', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    await docket.report(aReport('b', 'pc-2'));
    const recover = failing(docket, (types) => types.includes('AlertUpdated'));
    for (const [id, device] of [
      ['a', 'pc-1'],
      ['b', 'pc-2'],
    ] as const) {
      const anew = aReport(id, device, { title: 'Better', lastUpdateDateTime: '2026-01-02T00:00:00Z' });
      await expect(docket.report(anew)).rejects.toThrow('crashed');
    }
    recover();
    await unreadable(streams.incident('1'), 'IncidentRenamed');
    const fromTheStart = { load: async () => undefined, save: async () => {} };
    const updates = new ReportUpdates(docket.log, fromTheStart, docket.process().intake, onError);
    const following = await updates.start();
    await following.reached((await docket.log.head())!, 2_000);
    await updates.stop();
    const { state } = await docket.process().incidents.load(streams.incident('2'));
    expect(state).toMatchObject({ displayName: 'Better' });
    expect(complaints).toEqual([expect.stringContaining('incident-1')]);
  });
});
