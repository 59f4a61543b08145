import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '#event-store';
import { ApiUnderTest } from '../../testing/api-under-test.js';
import { bulkCommandNames } from './bulk-commands.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

const bulk = (body: object, headers: Record<string, string> = {}) =>
  api.ask('POST /v1/incidents/bulk', { body, headers });
const opened = async (count: number): Promise<string[]> => {
  const ids: string[] = [];
  while (ids.length < count) ids.push(await api.openIncident());
  return ids;
};
const because = (code: string) => ({ type: `urn:docket:problem:${code}` });

describe('one command for many incidents', () => {
  it('is carried out on each, in the order in which they are named', async () => {
    const [one, two, three] = (await opened(3)) as [string, string, string];
    await api.ask(`POST /v1/incidents/${two}/start`);
    const { status, body } = await bulk({ incidentIds: [three, two, one], command: 'start' });
    expect(status).toBe(200);
    expect(body.value).toEqual([
      { status: 'done', id: three, revision: 1, position: expect.stringMatching(/^\d+$/) },
      { status: 'unchanged', id: two, revision: 1, position: expect.stringMatching(/^\d+$/) },
      { status: 'done', id: one, revision: 1, position: expect.stringMatching(/^\d+$/) },
    ]);
    for (const id of [one, three])
      expect((await api.ask(`GET /v1/incidents/${id}`)).body).toMatchObject({
        status: 'inProgress',
        lastModifiedBy: 'analyst',
      });
  });

  it.each([
    ['assign', { assignedTo: 'me' }, 'IncidentAssigned'],
    ['resolve', { classification: 'TruePositive', comment: 'Done.' }, 'IncidentResolved'],
    ['classify', { classification: 'falsePositive' }, 'IncidentClassified'],
    ['severity', { severity: 'high' }, 'IncidentSeverityChanged'],
    ['tags', { add: ['vip'] }, 'IncidentTagged'],
    ['comments', { comment: 'Seen.' }, 'IncidentCommented'],
    ['description', { description: 'What it is.' }, 'IncidentDescribed'],
    ['rename', { displayName: 'Ours' }, 'IncidentRenamed'],
    ['start', {}, 'InvestigationStarted'],
  ])('may be %s', async (command, body, event) => {
    const incidentIds = await opened(2);
    const answer = await bulk({ incidentIds, command, body });
    expect(answer.body.value).toMatchObject(incidentIds.map((id) => ({ status: 'done', id })));
    for (const id of incidentIds)
      expect((await api.ask(`GET /v1/incidents/${id}/history`)).body.value).toContainEqual(
        expect.objectContaining({ type: event }),
      );
  });

  it.each([
    ['unassign', 'assign', { assignedTo: 'kim' }, 'IncidentUnassigned'],
    ['reopen', 'resolve', {}, 'IncidentReopened'],
  ])('may be %s, which needs no body', async (command, before, body, event) => {
    const incidentIds = await opened(2);
    await bulk({ incidentIds, command: before, body });
    expect((await bulk({ incidentIds, command })).body.value).toMatchObject([{ status: 'done' }, { status: 'done' }]);
    expect((await api.ask(`GET /v1/incidents/${incidentIds[1]}/history?order=desc`)).text).toContain(event);
  });

  it('leaves the others alone where one is unknown, somebody else’s or part of another', async () => {
    const [into, merged, taken, free] = (await opened(4)) as [string, string, string, string];
    await api.ask('POST /v1/incidents/merge', { body: { incidentIds: [into, merged] } });
    await api.ask(`POST /v1/incidents/${taken}/assign`, { body: { assignedTo: 'lee' } });
    const incidentIds = [merged, '999999', 'x', taken, free];
    const { status, body } = await bulk({ incidentIds, command: 'assign', body: { assignedTo: 'me' } });
    expect(status).toBe(200);
    expect(body.value).toMatchObject([
      { status: 'refused', id: merged, problem: { ...because('incident-redirected'), redirectIncidentId: into } },
      { status: 'refused', id: '999999', problem: because('unknown-incident') },
      { status: 'refused', id: 'x', problem: because('unknown-incident') },
      { status: 'refused', id: taken, problem: { ...because('already-assigned'), assignedTo: 'lee' } },
      { status: 'done', id: free },
    ]);
  });

  it('has one effect for each Idempotency-Key, and the same results', async () => {
    const incidentIds = [...(await opened(3)), '999999'];
    const send = (comment: string, ids = incidentIds) =>
      bulk({ incidentIds: ids, command: 'comments', body: { comment } }, { 'idempotency-key': 'bulk-1' });
    const first = await send('Once');
    const again = await send('Once');
    expect(again.body).toEqual(first.body);
    expect(again.headers).not.toHaveProperty('idempotency-replayed');
    expect((await api.ask(`GET /v1/incidents/${incidentIds[0]}/history`)).body.value).toHaveLength(2);

    const others = await opened(1);
    for (const other of [await send('Twice'), await send('Once', others)])
      expect([other.status, other.code]).toEqual([422, 'idempotency-key-reused']);
    expect((await api.ask(`GET /v1/incidents/${others[0]}/history`)).body.value).toHaveLength(1);
  });

  it('sent again goes on where it was interrupted', async () => {
    const incidentIds = await opened(3);
    const send = () =>
      bulk({ incidentIds, command: 'comments', body: { comment: 'Once' } }, { 'idempotency-key': 'bulk-2' });
    const append = api.log.append.bind(api.log);
    api.log.append = async (stream, ...rest) => {
      if (stream === `incident-${incidentIds[1]}`) throw new StoreUnavailable('down');
      return append(stream, ...rest);
    };
    expect((await send()).code).toBe('store-unavailable');
    api.log.append = append;
    expect((await send()).body.value).toMatchObject(incidentIds.map((id) => ({ status: 'done', id, revision: 1 })));
  });

  it.each([
    [new OutcomeUnknown('incident', 'deadline'), 504, 'outcome-unknown'],
    [new StoreUnavailable('down'), 503, 'store-unavailable'],
  ])('is not answered where the store does not say what became of one: %s', async (error, status, code) => {
    const incidentIds = await opened(2);
    const append = api.log.append.bind(api.log);
    api.log.append = async (stream, ...rest) => {
      if (stream === `incident-${incidentIds[1]}`) throw error;
      return append(stream, ...rest);
    };
    const answer = await bulk({ incidentIds, command: 'start' });
    api.log.append = append;
    expect([answer.status, answer.code]).toEqual([status, code]);
  });

  it('is a command of its own for each', async () => {
    const incidentIds = await opened(2);
    await bulk({ incidentIds, command: 'start' });
    const commandOf = async (id: string) => {
      const { body } = await api.ask(`GET /v1/incidents/${id}/history?order=desc&limit=1`);
      return (body.value as { commandId: string }[])[0]!.commandId;
    };
    const [one, other] = [await commandOf(incidentIds[0]!), await commandOf(incidentIds[1]!)];
    expect(one).not.toBe(other);
  });
});

describe('a command for many incidents, sent again with its key', () => {
  it('leaves what was done as it is by now, and decides anew what was refused', async () => {
    const [done, taken] = (await opened(2)) as [string, string];
    await api.ask(`POST /v1/incidents/${taken}/assign`, { body: { assignedTo: 'lee' } });
    const send = () =>
      bulk(
        { incidentIds: [done, taken], command: 'assign', body: { assignedTo: 'me' } },
        { 'idempotency-key': 'bulk-3' },
      );
    const first = (await send()).body.value as object[];
    expect(first).toMatchObject([{ status: 'done' }, { status: 'refused' }]);

    await api.ask(`POST /v1/incidents/${done}/unassign`);
    await api.ask(`POST /v1/incidents/${taken}/unassign`);
    expect((await send()).body.value).toMatchObject([first[0], { status: 'done', id: taken }]);
    expect((await api.ask(`GET /v1/incidents/${done}`)).body.assignedTo).toBeNull();
  });
});

describe('a command for many incidents that is wrong', () => {
  it.each<[string, object, string]>([
    ['names no incident', { incidentIds: [], command: 'start' }, 'incidentIds'],
    ['names one twice', { incidentIds: ['1', '2', '1'], command: 'start' }, 'incidentIds'],
    [
      'names too many',
      { incidentIds: Array.from({ length: 1_001 }, (_, index) => String(index + 1)), command: 'start' },
      'incidentIds',
    ],
    ['says nothing to do', { incidentIds: ['1'] }, 'command'],
    ['says what cannot be done to many', { incidentIds: ['1'], command: 'merge' }, 'command'],
    ['lacks what the command needs', { incidentIds: ['1'], command: 'rename', body: {} }, 'body.displayName'],
    ['has no body where one is needed', { incidentIds: ['1'], command: 'comments' }, 'body.comment'],
    ['has a body that is none', { incidentIds: ['1'], command: 'tags', body: ['vip'] }, 'body'],
    ['says more than the command takes', { incidentIds: ['1'], command: 'start', body: { force: true } }, 'body.force'],
    [
      'judges what does not fit',
      { incidentIds: ['1'], command: 'classify', body: { classification: 'falsePositive', determination: 'malware' } },
      'body.determination',
    ],
  ])('is refused whole where it %s', async (_, body, name) => {
    const before = await api.events();
    const answer = await bulk(body, { 'idempotency-key': 'wrong' });
    expect([answer.status, answer.code]).toEqual([400, 'invalid-request']);
    expect(answer.body.errors).toMatchObject([{ name }]);
    expect(await api.events()).toBe(before);
  });

  it('is refused to whoever may only read', async () => {
    const body = { incidentIds: ['1'], command: 'start' };
    expect((await api.ask('POST /v1/incidents/bulk', { as: 'reader', body })).status).toBe(403);
  });
});

it('is described with all that each command takes', async () => {
  const { body } = await api.ask('GET /openapi.json', { as: null });
  const { schemas } = body.components as { schemas: Record<string, { properties: Record<string, unknown> }> };
  expect(schemas.BulkBody).toMatchObject({
    required: ['incidentIds', 'command'],
    properties: {
      incidentIds: { minItems: 1, maxItems: 1_000 },
      command: { enum: bulkCommandNames },
      body: { anyOf: expect.arrayContaining([{ $ref: '#/components/schemas/AssignBody' }]) },
    },
  });
  expect(schemas.BulkResult).toMatchObject({ required: ['status', 'id'] });
});
