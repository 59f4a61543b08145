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
