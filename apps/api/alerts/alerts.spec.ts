import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '#event-store';
import { ApiUnderTest } from '../testing/api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

describe('many alerts', () => {
  it('are each answered for themselves, in order', async () => {
    const text = [
      JSON.stringify({ id: 'bad' }),
      '{',
      '',
      JSON.stringify({ id: 'x', title: 'y', incidentId: '999999' }),
    ].join('\n');
    const { status, body } = await api.ask('POST /v1/alerts', {
      text,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(status).toBe(200);
    const because = (code: string) => ({ type: `urn:docket:problem:${code}` });
    expect(body.value).toMatchObject([
      { status: 'refused', id: 'bad', problem: because('invalid-request') },
      { status: 'refused', id: null, problem: because('malformed-json') },
      { status: 'refused', id: 'x', problem: because('unknown-incident') },
    ]);
  });

  it('are answered the same when they are sent again with their key, without a mark', async () => {
    const send = () =>
      api.ask('POST /v1/alerts', {
        body: [{ id: 'm1', title: 'T' }, { id: 'm2', title: 'T' }, { id: 'bad' }],
        headers: { prefer: 'respond-async', 'idempotency-key': 'many' },
      });
    const first = await send();
    const before = await api.events();
    const again = await send();
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers).not.toHaveProperty('idempotency-replayed');
    expect(await api.events()).toBe(before);
  });

  it.each([
    [new OutcomeUnknown('alert-lost', 'deadline'), 'outcome-unknown'],
    [new StoreUnavailable('down'), 'store-unavailable'],
  ])('are not answered where the store does not say what became of one: %s', async (error, code) => {
    const append = api.log.append.bind(api.log);
    api.log.append = async (stream, expected, events) => {
      if (stream === 'alert-lost') throw error;
      return append(stream, expected, events);
    };
    const answer = await api.ask('POST /v1/alerts', { body: [{ id: 'lost', title: 'T' }, { id: 'bad' }] });
    api.log.append = append;
    expect(answer.code).toBe(code);
  });
});

describe('a report that is to be answered at once', () => {
  const headers = { prefer: 'respond-async' };

  it('is safe, and has no incident yet', async () => {
    const {
      status,
      headers: answered,
      body,
    } = await api.ask('POST /v1/alerts', { body: { id: 'q1', title: 'T' }, headers });
    expect(status).toBe(202);
    expect(answered['preference-applied']).toBe('respond-async');
    expect(body).toEqual({ status: 'reported', id: 'q1', incidentId: null, position: expect.any(String) });
  });

  it('answers the same where it is repeated, with its key or without', async () => {
    const keyed = { ...headers, 'idempotency-key': 'q2' };
    const body = { id: 'q2', title: 'T' };
    const first = await api.ask('POST /v1/alerts', { body, headers: keyed });
    const again = await api.ask('POST /v1/alerts', { body, headers: keyed });
    expect(again).toMatchObject({ status: 202, headers: { 'idempotency-replayed': 'true' }, body: first.body });
    const unchanged = await api.ask('POST /v1/alerts', { body, headers });
    expect(unchanged).toMatchObject({ status: 202, body: { status: 'unchanged', incidentId: null } });
  });

  it('may be one of many', async () => {
    const {
      status,
      headers: answered,
      body,
    } = await api.ask('POST /v1/alerts', {
      body: [{ id: 'q3', title: 'T' }, { id: 'bad' }],
      headers,
    });
    expect(status).toBe(200);
    expect(answered['preference-applied']).toBe('respond-async');
    expect(body.value).toMatchObject([{ status: 'reported', incidentId: null }, { status: 'refused' }]);
  });

  it('comes into its incident all the same', async () => {
    await api.ask('POST /v1/alerts', { body: { id: 'q4', title: 'T' }, headers });
    await api.correlate();
    const { body } = await api.ask('POST /v1/alerts', { body: { id: 'q4', title: 'T' } });
    expect(body).toMatchObject({ status: 'unchanged', incidentId: expect.any(String) });
  });

  it('is refused at once where it is wrong', async () => {
    const { status, code } = await api.ask('POST /v1/alerts', { body: { id: 'q5' }, headers });
    expect([status, code]).toEqual([400, 'invalid-request']);
  });
});
