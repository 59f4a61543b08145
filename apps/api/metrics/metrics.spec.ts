import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-store';
import { ReadModel } from '#read-model';
import { startTestDatabase } from '../../../libs/read-model/testing/mongo.js';
import type { TestDatabase } from '../../../libs/read-model/testing/mongo.js';
import { ApiUnderTest } from '../testing/api-under-test.js';

let database: TestDatabase;
let readModel: ReadModel;
let api: ApiUnderTest;

beforeAll(async () => {
  database = await startTestDatabase();
  readModel = await ReadModel.open(database.db);
  api = await ApiUnderTest.start({
    metrics: (query) => readModel.metrics(query),
    checkpoints: readModel.checkpoints,
  });
});
afterAll(async () => {
  await api.stop();
  await database.stop();
});

/** As the projector does it; resolves with the position of the last event. */
async function project(): Promise<bigint> {
  const { projections, checkpoints } = readModel.served.generation;
  const events: RecordedEvent[] = [];
  for await (const event of api.log.readAll()) events.push(event);
  await projections.find(({ name }) => name === 'metrics')!.apply(events);
  await checkpoints.record('metrics', events.at(-1)!);
  return events.at(-1)!.position;
}

const today = () => new Date().toISOString().slice(0, 10);

describe('the summary of all incidents', () => {
  it('counts what is open, what was done, and what was real', async () => {
    const [mine, real] = [await api.openIncident(), await api.openIncident()];
    await api.ask(`POST /v1/incidents/${mine}/assign`, { body: { assignedTo: 'me' } });
    await api.ask(`POST /v1/incidents/${real}/resolve`, { body: { classification: 'truePositive' } });
    const position = await project();
    const { status, body } = await api.ask('GET /v1/metrics/summary', {
      as: 'reader',
      headers: { 'docket-after': String(position) },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      to: today(),
      open: {
        total: 1,
        byStatus: { active: 1, inProgress: 0 },
        byOwner: {
          value: [
            { assignedTo: null, count: 0 },
            { assignedTo: 'analyst', count: 1 },
          ],
        },
      },
      opened: 2,
      resolved: 1,
      timeToAssign: { count: 1 },
      timeToResolve: { count: 1 },
      classifications: { truePositive: 1, falsePositive: 0 },
      position: String(position),
    });
    const { days } = body as { days: unknown[] };
    expect(days).toHaveLength(30);
    expect(days.at(-1)).toEqual({ day: today(), opened: 2, resolved: 1, merged: 0 });
  });

  it('waits for its own projection, and says where that is behind', async () => {
    await api.openIncident();
    const headers = { 'docket-after': String(await api.log.head()) };
    const behind = await api.ask('GET /v1/metrics/summary', { headers });
    expect(behind).toMatchObject({ status: 503, code: 'projection-behind', body: { projection: 'metrics' } });
  });

  it.each([
    ['from=2026-02-30', 'must be a day that there is'],
    ['to=yesterday', 'must be a day, e.g. 2026-11-23'],
    ['from=2026-02-02&to=2026-02-01', 'must not be after to'],
    ['from=2025-01-01&to=2026-01-02', 'at most 366 days'],
    ['since=2026-01-01', 'known are from, to'],
  ])('refuses %s, and says why', async (query, why) => {
    const refused = await api.ask(`GET /v1/metrics/summary?${query}`);
    expect([refused.status, refused.code]).toEqual([400, 'invalid-request']);
    expect(String(refused.body.detail)).toContain(why);
  });

  it('is not for strangers', async () => {
    expect(await api.ask('GET /v1/metrics/summary', { as: null })).toMatchObject({ status: 401 });
  });
});
