import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Answer, Client } from './client.js';
import { RunningDocket } from './docket.js';
import { alert, device } from './reports.js';

let docket: RunningDocket;
let kim: Client;
let reader: Client;
let stranger: Client;
let incidentId: string;
let resolvedId: string;
let redirectedId: string;
let alertId: string;

/** Keys are remembered as long as the log, which may have seen this spec before. */
const run = randomUUID();
const keyed = (key: string) => ({ headers: { 'idempotency-key': `${key}-${run}` } });
/** The highest number that an incident can have. */
const unknownId = '999999999999999';

beforeAll(async () => {
  docket = await RunningDocket.start();
  [kim, reader] = await Promise.all([docket.as('kim'), docket.as('rea', 'reader')]);
  stranger = docket.nobody();
  const report = alert({ evidence: [device(`pc-1-${run}`)] });
  alertId = report.id;
  incidentId = (await kim.post('/v1/alerts', report, keyed('used-by-a-report'))).body.incidentId;
  resolvedId = (await kim.post('/v1/alerts', alert({ evidence: [device(`pc-2-${run}`)] }))).body.incidentId;
  await kim.post(`/v1/incidents/${resolvedId}/resolve`);
  await kim.post(`/v1/incidents/${incidentId}/comments`, { comment: 'First' }, keyed('used'));
  redirectedId = (await kim.post('/v1/incidents', { displayName: 'Part of another' })).body.incidentId;
  await kim.post('/v1/incidents/merge', { incidentIds: [incidentId, redirectedId] });
  await kim.post('/v1/incidents/bulk', { incidentIds: [incidentId], command: 'start' }, keyed('used-by-many'));
}, 60_000);
afterAll(() => docket?.stop());

const of = (command: string) => `/v1/incidents/${incidentId}/${command}`;

/** What is sent, the status and the problem's code that come back, and a word of the advice. */
const cases: [name: string, send: () => Promise<Answer>, status: number, code: string, advice: RegExp][] = [
  ['no token', () => stranger.get('/v1/incidents'), 401, 'unauthenticated', /token/],
  [
    'a token that somebody made up',
    () => new (kim.constructor as any)(kim.address, 'a.b.c').get('/v1/incidents'),
    401,
    'unauthenticated',
    /token/,
  ],
  ['a role that may only read', () => reader.post(of('rename'), { displayName: 'x' }), 403, 'forbidden', /role|scope/i],
  ['bad JSON', () => kim.post(of('rename'), undefined, { raw: '{"displayName": ' }), 400, 'malformed-json', /JSON/],
  [
    'an unknown field',
    () => kim.post(of('rename'), { displayName: 'x', colour: 'red' }),
    400,
    'invalid-request',
    /colour/,
  ],
  ['a missing field', () => kim.post(of('rename'), {}), 400, 'invalid-request', /displayName/],
  [
    'a field of the wrong kind',
    () => kim.post(of('rename'), { displayName: { $ne: null } }),
    400,
    'invalid-request',
    /displayName/,
  ],
  [
    'a comment of 30,001 characters',
    () => kim.post(of('comments'), { comment: 'x'.repeat(30_001) }),
    400,
    'invalid-request',
    /30000|30,000/,
  ],
  [
    'an actor in the body',
    () => kim.post(of('comments'), { comment: 'x', actor: 'lee' }),
    400,
    'invalid-request',
    /actor/,
  ],
  [
    'a determination that does not fit',
    () => kim.post(of('classify'), { classification: 'falsePositive', determination: 'malware' }),
    400,
    'invalid-request',
    /determination/,
  ],
  [
    'a determination without a classification',
    () => kim.post(of('classify'), { determination: 'malware' }),
    400,
    'invalid-request',
    /classification/,
  ],
  ['an operator in the query', () => kim.get('/v1/incidents?status[$ne]=x'), 400, 'invalid-request', /status\[\$ne\]/],
  ['an unknown query name', () => kim.get('/v1/incidents?colour=red'), 400, 'invalid-request', /colour/],
  ['an unknown status', () => kim.get('/v1/incidents?status=open'), 400, 'invalid-request', /status/],
  ['a page that is too long', () => kim.get('/v1/incidents?limit=201'), 400, 'invalid-request', /limit/],
  ['a cursor that nobody gave', () => kim.get('/v1/incidents?cursor=abc'), 400, 'invalid-cursor', /cursor/],
  [
    'an If-Match that is no ETag',
    () => kim.post(of('rename'), { displayName: 'x' }, { headers: { 'if-match': '7' } }),
    400,
    'invalid-request',
    /If-Match/,
  ],
  [
    'an unknown incident',
    () => kim.post(`/v1/incidents/${unknownId}/rename`, { displayName: 'x' }),
    404,
    'unknown-incident',
    /incident/,
  ],
  [
    'an unknown incident with If-Match',
    () => kim.post(`/v1/incidents/${unknownId}/rename`, { displayName: 'x' }, { headers: { 'if-match': '"1"' } }),
    404,
    'unknown-incident',
    /incident/,
  ],
  ['an incident id that cannot be one', () => kim.get('/v1/incidents/%24where'), 404, 'unknown-incident', /incident/],
  ['an unknown alert', () => kim.post('/v1/alerts/nobody/resolve'), 404, 'unknown-alert', /alert/],
  ['an unknown route', () => kim.get('/v1/nothing'), 404, 'unknown-route', /./],
  [
    'a stale If-Match',
    () => kim.post(of('rename'), { displayName: 'x' }, { headers: { 'if-match': '"0"' } }),
    412,
    'stale-revision',
    /again/,
  ],
  [
    'a move to a resolved incident',
    () => kim.post('/v1/alerts/move', { alertIds: [alertId], incidentId: resolvedId }),
    409,
    'incident-resolved',
    /reopen/i,
  ],
  [
    'a report into a resolved incident',
    () => kim.post('/v1/alerts', alert({ incidentId: resolvedId })),
    409,
    'incident-resolved',
    /reopen/i,
  ],
  [
    'a report into an unknown incident',
    () => kim.post('/v1/alerts', alert({ incidentId: unknownId })),
    404,
    'unknown-incident',
    /incident/,
  ],
  [
    'a command on an incident that was merged',
    () => kim.post(`/v1/incidents/${redirectedId}/rename`, { displayName: 'x' }),
    409,
    'incident-redirected',
    /"redirectIncidentId":"\d+"/,
  ],
  [
    'a move to an incident that was merged',
    () => kim.post('/v1/alerts/move', { alertIds: [alertId], incidentId: redirectedId }),
    409,
    'incident-redirected',
    /"redirectIncidentId":"\d+"/,
  ],
  [
    'a merge of one',
    () => kim.post('/v1/incidents/merge', { incidentIds: [incidentId] }),
    400,
    'invalid-request',
    /incidentIds/,
  ],
  [
    'a merge of six',
    () => kim.post('/v1/incidents/merge', { incidentIds: ['1', '2', '3', '4', '5', '6'] }),
    400,
    'invalid-request',
    /at most 5/,
  ],
  [
    'a merge for a reason that nobody knows',
    () => kim.post('/v1/incidents/merge', { incidentIds: [incidentId, resolvedId], reasons: ['boredom'] }),
    400,
    'invalid-request',
    /sameActor/,
  ],
  [
    'a merge with an unknown incident',
    () => kim.post('/v1/incidents/merge', { incidentIds: [incidentId, unknownId] }),
    404,
    'unknown-incident',
    /"incidentId":"999999999999999"/,
  ],
  [
    'a merge with a resolved incident',
    () => kim.post('/v1/incidents/merge', { incidentIds: [incidentId, resolvedId] }),
    409,
    'incident-resolved',
    /reopen/i,
  ],
  [
    'a merge with one that was merged',
    () => kim.post('/v1/incidents/merge', { incidentIds: [incidentId, redirectedId] }),
    409,
    'incident-redirected',
    /"redirectIncidentId":"\d+"/,
  ],
  [
    'a command for many that names no incident',
    () => kim.post('/v1/incidents/bulk', { incidentIds: [], command: 'start' }),
    400,
    'invalid-request',
    /incidentIds/,
  ],
  [
    'a command for many that names one twice',
    () => kim.post('/v1/incidents/bulk', { incidentIds: [incidentId, incidentId], command: 'start' }),
    400,
    'invalid-request',
    /once/,
  ],
  [
    'a command for many that there is not',
    () => kim.post('/v1/incidents/bulk', { incidentIds: [incidentId], command: 'delete' }),
    400,
    'invalid-request',
    /assign, unassign/,
  ],
  [
    'a command for many whose body does not fit',
    () => kim.post('/v1/incidents/bulk', { incidentIds: [incidentId], command: 'rename', body: { name: 'x' } }),
    400,
    'invalid-request',
    /body\.displayName is missing/,
  ],
  [
    'the same key with another command for many',
    () => kim.post('/v1/incidents/bulk', { incidentIds: [incidentId], command: 'reopen' }, keyed('used-by-many')),
    422,
    'idempotency-key-reused',
    /key/,
  ],
  ['an alert without an id', () => kim.post('/v1/alerts', alert({ id: undefined })), 400, 'invalid-request', /id/],
  [
    'an alert id that is too long',
    () => kim.post('/v1/alerts', alert({ id: 'x'.repeat(71) })),
    400,
    'invalid-request',
    /70/,
  ],
  [
    'the same key with another body',
    () => kim.post(of('comments'), { comment: 'Other' }, keyed('used')),
    422,
    'idempotency-key-reused',
    /key/,
  ],
  [
    'the same key with another alert',
    () => kim.post('/v1/alerts', alert(), keyed('used-by-a-report')),
    422,
    'idempotency-key-reused',
    /key/,
  ],
  [
    'a body that is too large',
    () => kim.post(of('comments'), { comment: 'x'.repeat(300_000) }),
    413,
    'body-too-large',
    /./,
  ],
];

describe('bad input gets the right status and a problem that says what to do', () => {
  it.each(cases)('%s', async (_, send, status, code, advice) => {
    const answer = await send();
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status,
      body: { status, type: `urn:docket:problem:${code}` },
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(`${answer.body.detail} ${JSON.stringify(answer.body)}`).toMatch(advice);
  });

  it('and no event is written', async () => {
    const revisions = async () =>
      Promise.all(
        [incidentId, resolvedId, redirectedId].map(
          async (id) => (await kim.get(`/v1/incidents/${id}/history?limit=200`)).body.value.length,
        ),
      );
    const before = await revisions();
    const marker = await kim.post('/v1/incidents', { displayName: `Marker ${randomUUID()}` });
    for (const [, send] of cases) await send();
    const after = await kim.post('/v1/incidents', { displayName: `Marker ${randomUUID()}` });
    expect(await revisions()).toEqual(before);
    // Numbers are given without a gap: none of the refused commands took one.
    expect(Number(after.body.incidentId)).toBe(Number(marker.body.incidentId) + 1);
    const queue = await kim.after(after.body.position, '/v1/incidents?limit=200');
    const since = queue.body.value.filter(({ id }: { id: string }) => Number(id) >= Number(marker.body.incidentId));
    expect(since.map(({ id }: { id: string }) => id)).toEqual([after.body.incidentId, marker.body.incidentId]);
  });
});

describe('a repeated command', () => {
  it('gets the first answer, marked as such, and has one effect', async () => {
    const send = () => kim.post(of('comments'), { comment: 'Once' }, keyed('once'));
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const history = await kim.get(`/v1/incidents/${incidentId}/history?kind=comment&limit=200`);
    expect(history.body.value.filter(({ comment }: { comment: string }) => comment === 'Once')).toHaveLength(1);
  });

  it('that opens an incident opens one', async () => {
    const send = () => kim.post('/v1/incidents', { displayName: 'Opened once' }, keyed('open'));
    const [first, second] = [await send(), await send()];
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
  });

  it('that moves alerts moves them once', async () => {
    const send = () => kim.post('/v1/alerts/move', { alertIds: [alertId], incidentId: null }, keyed('move'));
    const [first, second] = [await send(), await send()];
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
    await kim.post('/v1/alerts/move', { alertIds: [alertId], incidentId });
  });
});

describe('an ETag', () => {
  it('is that of the incident as it was read, and a command with it is carried out once nobody was faster', async () => {
    const { position } = (await kim.post(of('comments'), { comment: 'x' })).body;
    const read = await kim.after(position, `/v1/incidents/${incidentId}`);
    const etag = read.headers.get('etag')!;
    const first = await kim.post(of('rename'), { displayName: randomUUID() }, { headers: { 'if-match': etag } });
    expect(first.status).toBe(200);
    const second = await kim.post(of('rename'), { displayName: randomUUID() }, { headers: { 'if-match': etag } });
    expect(second.status).toBe(412);
  });
});
