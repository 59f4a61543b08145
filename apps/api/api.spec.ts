import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Tokens } from '#platform';
import type { Role } from '#platform';
import { assemble, docketEvents } from '#process-managers';
import type { ReadModel } from '#read-model';
import { InMemoryEventLog } from '../../libs/event-store/testing/in-memory-event-log.js';
import { createApi } from './index.js';

/** Nothing is projected here: what these tests ask for comes from the streams. */
const emptyReadModel = {
  incident: async () => null,
  alert: async () => null,
  checkpoints: { position: async () => undefined, reached: async () => undefined },
} as unknown as ReadModel;

let api: NestFastifyApplication;
const log = new InMemoryEventLog(docketEvents);
const tokens = new Tokens(new Uint8Array(32).fill(3));
const tokenOf: Partial<Record<Role, string>> = {};

beforeAll(async () => {
  const assembly = assemble({ log, clock: () => new Date(), incidentOf: async () => null });
  api = await createApi({ assembly, readModel: emptyReadModel, tokens, settings: { behindProxy: false } });
  for (const role of ['analyst', 'reader'] as const)
    tokenOf[role] = await tokens.sign({ id: role, name: role, kind: 'user', roles: [role] }, 60);
});
afterAll(() => api.close());

interface Asked {
  readonly as?: Role | null;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly text?: string;
}

async function ask(route: string, { as = 'analyst', headers = {}, body, text }: Asked = {}) {
  const [method, url] = route.split(' ') as ['GET' | 'POST', string];
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await api.inject({
    method,
    url,
    headers: {
      host: 'localhost:3000',
      ...(as && { authorization: `Bearer ${tokenOf[as]}` }),
      ...(payload !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(payload !== undefined && { payload }),
  });
  const isJson = /json/.test(String(answer.headers['content-type']));
  return { status: answer.statusCode, headers: answer.headers, body: (isJson ? answer.json() : answer.body) as any };
}

const open = async (body: object = {}) => (await ask('POST /v1/incidents', { body })).body.incidentId as string;
const codeOf = ({ body }: { body: any }) => String(body.type).replace('urn:docket:problem:', '');

async function countEvents(): Promise<number> {
  let count = 0;
  for await (const _ of log.readAll()) count++;
  return count;
}

describe('a command', () => {
  it('opens an incident', async () => {
    const { status, headers, body } = await ask('POST /v1/incidents', { body: { displayName: 'By hand' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ incidentId: expect.stringMatching(/^\d+$/), revision: 0, events: ['IncidentOpened'] });
    expect(body.position).toMatch(/^\d+$/);
    expect(headers).toMatchObject({ etag: '"0"', location: `/v1/incidents/${body.incidentId}` });
  });

  it('answers what it did and where, and is in the history at once, with who did it', async () => {
    const id = await open();
    const { status, headers, body } = await ask(`POST /v1/incidents/${id}/rename`, {
      body: { displayName: 'Phishing' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ incidentId: id, revision: 1, events: ['IncidentRenamed'] });
    expect(headers.etag).toBe('"1"');
    const history = await ask(`GET /v1/incidents/${id}/history?order=desc&limit=1`);
    expect(history.body.value[0]).toMatchObject({
      type: 'IncidentRenamed',
      actor: { id: 'analyst', name: 'analyst', kind: 'user' },
      changes: [{ property: 'displayName', to: 'Phishing' }],
    });
  });

  it('is carried out once for each Idempotency-Key', async () => {
    const id = await open();
    const headers = { 'idempotency-key': 'k1' };
    const first = await ask(`POST /v1/incidents/${id}/comments`, { headers, body: { comment: 'once' } });
    const second = await ask(`POST /v1/incidents/${id}/comments`, { headers, body: { comment: 'once' } });
    expect(second.body).toEqual(first.body);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    const other = await ask(`POST /v1/incidents/${id}/comments`, { headers, body: { comment: 'twice' } });
    expect([other.status, codeOf(other)]).toEqual([422, 'idempotency-key-reused']);
  });

  it('that opens an incident opens one for each Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'open-1' };
    const first = await ask('POST /v1/incidents', { headers, body: {} });
    const second = await ask('POST /v1/incidents', { headers, body: {} });
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it('needs no body where it has nothing to say, whatever type it declares', async () => {
    const id = await open();
    expect(await ask(`POST /v1/incidents/${id}/start`)).toMatchObject({ body: { events: ['InvestigationStarted'] } });
    expect(await ask(`POST /v1/incidents/${id}/start`, { text: '' })).toMatchObject({
      status: 200,
      body: { events: [] },
    });
    expect(await ask(`POST /v1/incidents/${id}/resolve`, { text: '{}' })).toMatchObject({ status: 200 });
  });

  it('assigns to `me` whoever holds the token', async () => {
    const id = await open();
    await ask(`POST /v1/incidents/${id}/assign`, { body: { assignedTo: 'me' } });
    expect((await ask(`GET /v1/incidents/${id}`)).body).toMatchObject({ assignedTo: 'analyst' });
    await ask(`POST /v1/incidents/${id}/assign`, { body: { assignedTo: 'somebody' } });
    const refused = await ask(`POST /v1/incidents/${id}/assign`, { body: { assignedTo: 'me' } });
    expect([refused.status, codeOf(refused), refused.body.assignedTo]).toEqual([409, 'already-assigned', 'somebody']);
  });

  it('reads enumerations in any case, older names too, and `unknown` as nothing', async () => {
    const id = await open();
    const body = { classification: 'TruePositive', determination: 'CompromisedUser' };
    await ask(`POST /v1/incidents/${id}/classify`, { body });
    const judged = { classification: 'truePositive', determination: 'compromisedAccount' };
    expect((await ask(`GET /v1/incidents/${id}`)).body).toMatchObject(judged);
    await ask(`POST /v1/incidents/${id}/classify`, { body: { classification: 'Unknown' } });
    expect((await ask(`GET /v1/incidents/${id}`)).body).toMatchObject({ classification: null, determination: null });
  });

  it('on a stale ETag does nothing and says what is current', async () => {
    const id = await open();
    const stale = await ask(`POST /v1/incidents/${id}/start`, { headers: { 'if-match': '"7"' } });
    expect([stale.status, codeOf(stale), stale.body.currentRevision]).toEqual([412, 'stale-revision', 0]);
    expect((await ask(`POST /v1/incidents/${id}/start`, { headers: { 'if-match': '"0"' } })).status).toBe(200);
  });

  it('keeps the id of the trace that it is part of', async () => {
    const id = await open();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await ask(`POST /v1/incidents/${id}/start`, { headers: { traceparent } });
    for await (const { metadata } of log.read(`incident-${id}`, { direction: 'backwards', max: 1 }))
      expect(metadata.$correlationId).toBe('0af7651916cd43dd8448eb211c80319c');
  });
});

describe('an incident', () => {
  it('is there before any projection has seen it, as it is and as it was', async () => {
    const id = await open({ displayName: 'First' });
    await ask(`POST /v1/incidents/${id}/rename`, { body: { displayName: 'Second' } });
    const now = await ask(`GET /v1/incidents/${id}`);
    expect([now.body.displayName, now.headers.etag]).toEqual(['Second', '"1"']);
    expect((await ask(`GET /v1/incidents/${id}?revision=0`)).body.displayName).toBe('First');
    const later = await ask(`GET /v1/incidents/${id}?asOf=2100-01-01T00:00:00%2B01:00`);
    expect(later.body.displayName).toBe('Second');
    expect(codeOf(await ask(`GET /v1/incidents/${id}?revision=9`))).toBe('unknown-revision');
    expect(codeOf(await ask(`GET /v1/incidents/${id}?asOf=2000-01-01T00:00:00Z`))).toBe('unknown-revision');
  });
});

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
    [
      'with an ETag that is none',
      'POST /v1/incidents/1/start',
      { headers: { 'if-match': '7' } },
      400,
      'invalid-request',
      'If-Match',
    ],
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
    const before = await countEvents();
    const answer = await ask(route, asked);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.stringContaining(detail) });
    expect(await countEvents()).toBe(before);
  });

  it('names the methods that are taken', async () => {
    expect((await ask('DELETE /v1/incidents')).headers.allow?.toString().split(', ').sort()).toEqual([
      'GET',
      'HEAD',
      'POST',
    ]);
  });

  it('tells a stranger how to become known', async () => {
    expect((await ask('GET /v1/incidents', { as: null })).headers['www-authenticate']).toBe('Bearer');
  });
});

describe('many alerts', () => {
  it('are each answered for themselves, in order', async () => {
    const text = [
      JSON.stringify({ id: 'bad' }),
      '{',
      '',
      JSON.stringify({ id: 'x', title: 'y', incidentId: '999999' }),
    ].join('\n');
    const { status, body } = await ask('POST /v1/alerts', {
      text,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(status).toBe(200);
    expect(body.value.map(({ id, problem }: any) => [id, codeOf({ body: problem })])).toEqual([
      ['bad', 'invalid-request'],
      [null, 'malformed-json'],
      ['x', 'unknown-incident'],
    ]);
  });
});

describe('what anybody may see', () => {
  it('is whether it lives and is ready', async () => {
    expect(await ask('GET /health/live', { as: null })).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect((await ask('GET /health/ready', { as: null })).body.parts).toEqual({ eventStore: 'ok', readModel: 'ok' });
  });

  it('is how the api is used', async () => {
    const { status, body } = await ask('GET /openapi.json', { as: null });
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
    for (const path of Object.values<Record<string, any>>(body.paths))
      for (const operation of Object.values(path)) expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
    const { RenameBody, ResolveBody } = body.components.schemas;
    expect(RenameBody).toMatchObject({
      required: ['displayName'],
      properties: { displayName: { type: 'string', maxLength: 300 } },
    });
    expect(ResolveBody.properties.classification.type).toEqual(['string', 'null']);
    expect(
      body.paths['/v1/incidents/{incidentId}/rename'].post.responses['404'].content['application/problem+json'].schema,
    ).toEqual({
      $ref: '#/components/schemas/Problem',
    });
  });

  it('is a page to try it on, with all that it needs', async () => {
    const page = await ask('GET /docs', { as: null });
    expect(page.status).toBe(200);
    for (const [, file] of String(page.body).matchAll(/(?:src|href)="(\.\/docs\/[^"]+)"/g))
      expect([file, (await ask(`GET ${file!.slice(1)}`, { as: null })).status]).toEqual([file, 200]);
  });
});
