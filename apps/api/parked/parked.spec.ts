import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventMetadata } from '#event-store';
import { ApiUnderTest } from '../testing/api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => void (api = await ApiUnderTest.start()));
afterAll(() => api.stop());

describe('what is parked', () => {
  it('is told to whoever may read incidents', async () => {
    expect(await api.ask('GET /v1/parked', { as: 'reader' })).toMatchObject({ status: 200, body: { value: [] } });
  });

  it('is unparked by an admin alone', async () => {
    const unpark = 'POST /v1/parked/12/unpark';
    expect(await api.ask(unpark, { as: 'responder', body: {} })).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await api.ask(unpark, { as: 'admin', body: {} })).toMatchObject({ status: 404, code: 'not-parked' });
  });
});

describe('an incident whose stream cannot be read', () => {
  it('says which event it is, in place of being wrong', async () => {
    const id = await api.openIncident();
    const metadata = {} as EventMetadata;
    await api.log.append(`incident-${id}`, 'any', [{ id: randomUUID(), type: 'IncidentRenamed', data: {}, metadata }]);
    for (const route of [`GET /v1/incidents/${id}/history`, `GET /v1/incidents/${id}?revision=1`])
      expect(await api.ask(route)).toMatchObject({
        status: 500,
        code: 'unreadable-event',
        body: { stream: `incident-${id}`, revision: 1, eventType: 'IncidentRenamed' },
      });
    expect(await api.ask(`GET /v1/incidents/${id}?revision=0`)).toMatchObject({ status: 200 });
    const rename = { body: { displayName: 'Ours' } };
    expect(await api.ask(`POST /v1/incidents/${id}/rename`, rename)).toMatchObject({ code: 'unreadable-event' });
  });
});
