import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../testing/api-under-test.js';
import type { Asked } from '../testing/api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

describe('a request that is wrong', () => {
  const cases: [string, string, Asked, number, string, string?][] = [
    ['without a token', 'POST /v1/incidents/1/rename', { as: null, text: '{' }, 401, 'unauthenticated'],
    [
      'with nonsense for a token',
      'GET /v1/incidents',
      { as: null, headers: { authorization: 'Bearer x' } },
      401,
      'unauthenticated',
    ],
    ['of a role that may only read', 'POST /v1/incidents/1/rename', { as: 'reader', text: '{' }, 403, 'forbidden'],
    [
      'by a name of a rebound host',
      'GET /v1/incidents',
      { headers: { host: 'evil.example:3000' } },
      403,
      'host-not-allowed',
    ],
    ['that is not JSON', 'POST /v1/incidents/1/rename', { text: '{"displayName":' }, 400, 'malformed-json'],
    ['that is a list', 'POST /v1/incidents/1/rename', { body: [] }, 400, 'invalid-request', 'must be one JSON object'],
    ['without a field', 'POST /v1/incidents/1/rename', { body: {} }, 400, 'invalid-request', 'displayName is missing'],
    [
      'with an unknown field',
      'POST /v1/incidents/1/rename',
      { body: { displayName: 'a', name: 'b' } },
      400,
      'invalid-request',
      'name is not known',
    ],
    [
      'with a body where none is read',
      'POST /v1/incidents/1/start',
      { body: { force: true } },
      400,
      'invalid-request',
      'force',
    ],
    [
      'with a null where text is',
      'POST /v1/incidents/1/rename',
      { body: { displayName: null } },
      400,
      'invalid-request',
    ],
    [
      'with a blank comment',
      'POST /v1/incidents/1/comments',
      { body: { comment: ' \n' } },
      400,
      'invalid-request',
      'not blank',
    ],
    [
      'with a comment of 30,001 characters',
      'POST /v1/incidents/1/comments',
      { body: { comment: '𝄞'.repeat(30_001) } },
      400,
      'invalid-request',
      '30000',
    ],
    [
      'with too large a body',
      'POST /v1/incidents/1/comments',
      { body: { comment: 'x'.repeat(300_000) } },
      413,
      'body-too-large',
    ],
    [
      'in a form',
      'POST /v1/incidents/1/comments',
      { text: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported-media-type',
    ],
    [
      'with a determination that does not fit',
      'POST /v1/incidents/1/classify',
      { body: { classification: 'falsePositive', determination: 'malware' } },
      400,
      'invalid-request',
      'must belong to the classification',
    ],
    [
      'with a determination alone',
      'POST /v1/incidents/1/resolve',
      { body: { determination: 'malware' } },
      400,
      'invalid-request',
    ],
    [
      'with a severity nobody knows',
      'POST /v1/incidents/1/severity',
      { body: { severity: 'critical' } },
      400,
      'invalid-request',
      'unknown, informational, low, medium, high, automatic',
    ],
    [
      'with an operator in the query',
      'GET /v1/incidents?status[$ne]=x',
      {},
      400,
      'invalid-request',
      'status[$ne] is not known',
    ],
    ['with a query where none is read', 'POST /v1/incidents/1/start?dryRun=1', {}, 400, 'invalid-request', 'dryRun'],
    ['for more than a page holds', 'GET /v1/incidents?limit=201', {}, 400, 'invalid-request', 'limit'],
    ['for the same thing twice', 'GET /v1/incidents?limit=1&limit=2', {}, 400, 'invalid-request', 'limit'],
    [
      'for two moments at once',
      'GET /v1/incidents/1?revision=1&asOf=2026-01-01T00:00:00Z',
      {},
      400,
      'invalid-request',
      'revision',
    ],
    ['for the log by a role that may not', 'GET /v1/events', { as: 'analyst' }, 403, 'forbidden'],
    [
      'for the log behind a position that is none',
      'GET /v1/events?after=now',
      { as: 'auditor' },
      400,
      'invalid-request',
      'after must be a position',
    ],
    [
      'with an ETag that is none',
      'POST /v1/incidents/1/start',
      { headers: { 'if-match': '7' } },
      400,
      'invalid-request',
      'If-Match',
    ],
    ...[
      'POST /v1/incidents',
      'POST /v1/incidents/merge',
      'POST /v1/incidents/bulk',
      'POST /v1/incidents/import',
      'POST /v1/alerts',
      'POST /v1/alerts/move',
    ].map((route): (typeof cases)[number] => [
      `with an ETag for ${route}, which looks at none`,
      route,
      { as: 'admin', body: {}, headers: { 'if-match': '"7"' } },
      400,
      'invalid-request',
      'If-Match is not taken here',
    ]),
    [
      'with a key that is none',
      'POST /v1/incidents/1/start',
      { headers: { 'idempotency-key': 'a b' } },
      400,
      'invalid-request',
      'Idempotency-Key',
    ],
    [
      'with a position that is none',
      'GET /v1/incidents',
      { headers: { 'docket-after': 'now' } },
      400,
      'invalid-request',
      'Docket-After',
    ],
    [
      'about an unknown incident',
      'POST /v1/incidents/999999/start',
      { headers: { 'if-match': '"1"' } },
      404,
      'unknown-incident',
    ],
    ['about an incident that cannot be', 'POST /v1/incidents/1-2/start', {}, 404, 'unknown-incident'],
    ['about the history of an unknown incident', 'GET /v1/incidents/999999/history', {}, 404, 'unknown-incident'],
    ['about the alerts of an unknown incident', 'GET /v1/incidents/x', {}, 404, 'unknown-incident'],
    ['about an unknown alert', 'POST /v1/alerts/da9/start', {}, 404, 'unknown-alert'],
    [
      'that moves an unknown alert',
      'POST /v1/alerts/move',
      { body: { alertIds: ['da9'], incidentId: null } },
      404,
      'unknown-alert',
    ],
    [
      'that moves nothing',
      'POST /v1/alerts/move',
      { body: { alertIds: [], incidentId: null } },
      400,
      'invalid-request',
      'at least 1',
    ],
    [
      'that does not say where to',
      'POST /v1/alerts/move',
      { body: { alertIds: ['da9'] } },
      400,
      'invalid-request',
      'incidentId is missing',
    ],
    [
      'that reports an alert into an unknown incident',
      'POST /v1/alerts',
      { body: { id: 'a', title: 'b', incidentId: '999999' } },
      404,
      'unknown-incident',
    ],
    [
      'that reports an alert without a title',
      'POST /v1/alerts',
      { body: { id: 'a' } },
      400,
      'invalid-request',
      'title',
    ],
    ['that reports no alerts', 'POST /v1/alerts', { body: [] }, 400, 'invalid-request', '1 to 1000'],
    ['for something that is not there', 'GET /v1/nothing', {}, 404, 'unknown-route'],
    ['with a method that is not taken', 'DELETE /v1/incidents/1', {}, 405, 'method-not-allowed'],
    ['with a broken address', 'GET /v1/incidents/%zz', {}, 400, 'invalid-request'],
  ];

  it.each(cases)('%s: %s', async (_, route, asked, status, code, detail = '') => {
    const before = await api.events();
    const answer = await api.ask(route, asked);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.stringContaining(detail) });
    expect(await api.events()).toBe(before);
  });

  it('names the methods that are taken', async () => {
    expect((await api.ask('DELETE /v1/incidents')).headers.allow).toBe('GET, HEAD, POST');
  });

  it('tells a stranger how to become known', async () => {
    expect((await api.ask('GET /v1/incidents', { as: null })).headers['www-authenticate']).toBe('Bearer');
  });
});
