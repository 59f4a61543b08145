import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../testing/api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

describe('a command', () => {
  it('opens an incident', async () => {
    const { status, headers, body } = await api.ask('POST /v1/incidents', { body: { displayName: 'By hand' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      incidentId: expect.stringMatching(/^\d+$/),
      position: expect.stringMatching(/^\d+$/),
      revision: 0,
      events: ['IncidentOpened'],
    });
    expect(headers).toMatchObject({ etag: '"0"', location: `/v1/incidents/${String(body.incidentId)}` });
  });

  it('answers what it did and where, and is in the history at once, with who did it', async () => {
    const id = await api.openIncident();
    const { status, headers, body } = await api.ask(`POST /v1/incidents/${id}/rename`, {
      body: { displayName: 'Phishing' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ incidentId: id, revision: 1, events: ['IncidentRenamed'] });
    expect(headers.etag).toBe('"1"');
    const history = await api.ask(`GET /v1/incidents/${id}/history?order=desc&limit=1`);
    expect((history.body.value as unknown[])[0]).toMatchObject({
      type: 'IncidentRenamed',
      actor: { id: 'analyst', name: 'analyst', kind: 'user' },
      changes: [{ property: 'displayName', to: 'Phishing' }],
    });
  });

  it('is carried out once for each Idempotency-Key', async () => {
    const id = await api.openIncident();
    const headers = { 'idempotency-key': 'k1' };
    const first = await api.ask(`POST /v1/incidents/${id}/comments`, { headers, body: { comment: 'once' } });
    const second = await api.ask(`POST /v1/incidents/${id}/comments`, { headers, body: { comment: 'once' } });
    expect(second.body).toEqual(first.body);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    const other = await api.ask(`POST /v1/incidents/${id}/comments`, { headers, body: { comment: 'twice' } });
    expect([other.status, other.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('that opens an incident opens one for each Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'open-1' };
    const first = await api.ask('POST /v1/incidents', { headers, body: {} });
    const second = await api.ask('POST /v1/incidents', { headers, body: {} });
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it('needs no body where it has nothing to say, whatever type it declares', async () => {
    const id = await api.openIncident();
    expect(await api.ask(`POST /v1/incidents/${id}/start`)).toMatchObject({
      body: { events: ['InvestigationStarted'] },
    });
    expect(await api.ask(`POST /v1/incidents/${id}/start`, { text: '' })).toMatchObject({
      status: 200,
      body: { events: [] },
    });
    expect(await api.ask(`POST /v1/incidents/${id}/resolve`, { text: '{}' })).toMatchObject({ status: 200 });
  });

  it('assigns to `me` whoever holds the token', async () => {
    const id = await api.openIncident();
    await api.ask(`POST /v1/incidents/${id}/assign`, { body: { assignedTo: 'me' } });
    expect((await api.ask(`GET /v1/incidents/${id}`)).body).toMatchObject({ assignedTo: 'analyst' });
    await api.ask(`POST /v1/incidents/${id}/assign`, { body: { assignedTo: 'somebody' } });
    const refused = await api.ask(`POST /v1/incidents/${id}/assign`, { body: { assignedTo: 'me' } });
    expect([refused.status, refused.code, refused.body.assignedTo]).toEqual([409, 'already-assigned', 'somebody']);
  });

  it('reads enumerations in any case, older names too, and `unknown` as nothing', async () => {
    const id = await api.openIncident();
    const body = { classification: 'TruePositive', determination: 'CompromisedUser' };
    await api.ask(`POST /v1/incidents/${id}/classify`, { body });
    const judged = { classification: 'truePositive', determination: 'compromisedAccount' };
    expect((await api.ask(`GET /v1/incidents/${id}`)).body).toMatchObject(judged);
    await api.ask(`POST /v1/incidents/${id}/classify`, { body: { classification: 'Unknown' } });
    expect((await api.ask(`GET /v1/incidents/${id}`)).body).toMatchObject({
      classification: null,
      determination: null,
    });
  });

  it('on a stale ETag does nothing and says what is current', async () => {
    const id = await api.openIncident();
    const stale = await api.ask(`POST /v1/incidents/${id}/start`, { headers: { 'if-match': '"7"' } });
    expect([stale.status, stale.code, stale.body.currentRevision]).toEqual([412, 'stale-revision', 0]);
    expect((await api.ask(`POST /v1/incidents/${id}/start`, { headers: { 'if-match': '"0"' } })).status).toBe(200);
  });

  it('keeps the id of the trace that it is part of', async () => {
    const id = await api.openIncident();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await api.ask(`POST /v1/incidents/${id}/start`, { headers: { traceparent } });
    for await (const { metadata } of api.log.read(`incident-${id}`, { direction: 'backwards', max: 1 }))
      expect(metadata.$correlationId).toBe('0af7651916cd43dd8448eb211c80319c');
  });
});

describe('an incident', () => {
  it('is there before any projection has seen it, as it is and as it was', async () => {
    const id = await api.openIncident({ displayName: 'First' });
    await api.ask(`POST /v1/incidents/${id}/rename`, { body: { displayName: 'Second' } });
    const now = await api.ask(`GET /v1/incidents/${id}`);
    expect([now.body.displayName, now.headers.etag]).toEqual(['Second', '"1"']);
    expect((await api.ask(`GET /v1/incidents/${id}?revision=0`)).body.displayName).toBe('First');
    const later = await api.ask(`GET /v1/incidents/${id}?asOf=2100-01-01T00:00:00%2B01:00`);
    expect(later.body.displayName).toBe('Second');
    expect((await api.ask(`GET /v1/incidents/${id}?revision=9`)).code).toBe('unknown-revision');
    expect((await api.ask(`GET /v1/incidents/${id}?asOf=2000-01-01T00:00:00Z`)).code).toBe('unknown-revision');
  });
});
