import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../testing/api-under-test.js';
import { HealthController } from './health.controller.js';

describe('health', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  afterAll(() => api.stop());

  it('is told to anybody', async () => {
    expect(await api.ask('GET /health/live', { as: null })).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await api.ask('GET /health/ready', { as: null })).toMatchObject({
      status: 200,
      body: { status: 'ok', parts: { eventStore: { status: 'ok' }, readModel: { status: 'ok' } } },
    });
  });

  it('is 200 where something is degraded', async () => {
    const parts = { one: { status: 'ok' }, other: { status: 'degraded', why: 'it is old' } } as const;
    const controller = new HealthController([{ name: 'both', check: async () => parts }]);
    expect(await controller.ready()).toMatchObject({ status: 200, body: { status: 'degraded', parts } });
  });

  it('says which part fails and keeps to itself where that part is', async () => {
    const controller = new HealthController([
      { name: 'well', check: async () => undefined },
      { name: 'ill', check: () => Promise.reject(new TypeError('no route to 10.1.2.3')) },
    ]);
    expect(await controller.ready()).toMatchObject({
      status: 503,
      body: { status: 'failing', parts: { well: { status: 'ok' }, ill: { status: 'failing', why: 'TypeError' } } },
    });
  });
});
