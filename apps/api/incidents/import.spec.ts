import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../testing/api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
  await api.correlate();
});
afterAll(() => api.stop());

/** Each test has ids of its own. */
let round = 0;
beforeEach(() => void round++);
const named = (name: string) => `${name}-${round}`;

const anAlert = (name: string, but: object = {}) => ({
  id: named(name),
  title: 'Suspicious sign-in',
  severity: 'high',
  status: 'new',
  incidentId: '28282',
  createdDateTime: '2023-05-13T23:55:08.8971984Z',
  lastUpdateDateTime: '2023-05-14T00:26:05.59Z',
  comments: [],
  ...but,
});

const anIncident = (but: object = {}) => ({
  '@odata.type': '#microsoft.graph.security.incident',
  id: named('i'),
  displayName: 'Malware on one endpoint',
  status: 'inProgress',
  severity: 'medium',
  classification: 'TruePositive',
  determination: 'malware',
  assignedTo: 'jane@contoso.com',
  customTags: ['Demo'],
  systemTags: ['Defender Experts'],
  description: 'What happened.',
  createdDateTime: '2023-05-13T23:55:09.2933333Z',
  lastUpdateDateTime: '2023-05-14T00:26:05.5933333Z',
  lastModifiedBy: 'API-App:admin@contoso.com',
  incidentWebUrl: 'https://security.microsoft.com/incidents/1923?tid=1',
  tenantId: 't-1',
  priorityScore: 86,
  comments: [{ comment: 'Seen.', createdByDisplayName: 'Jane', createdDateTime: '2023-05-14T00:00:00.1234567Z' }],
  alerts: [anAlert('a')],
  ...but,
});

const bring = (incident: object, more: object = {}) =>
  api.ask('POST /v1/incidents/import', { as: 'admin', body: { incident, ...more } });
const incidentOf = async ({ body }: { body: Readonly<Record<string, unknown>> }) =>
  (await api.ask(`GET /v1/incidents/${String(body.incidentId)}`)).body;
const historyOf = async ({ body }: { body: Readonly<Record<string, unknown>> }) =>
  (await api.ask(`GET /v1/incidents/${String(body.incidentId)}/history`)).body.value as Record<string, unknown>[];

describe('an incident that is imported', () => {
  it('is here as it was there', async () => {
    const answer = await bring(anIncident());
    const { incidentId } = answer.body;
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ location: `/v1/incidents/${String(incidentId)}`, etag: '"2"' });
    expect(answer.body).toEqual({
      incidentId: expect.stringMatching(/^\d+$/),
      externalId: named('i'),
      outcome: 'imported',
      revision: 2,
      position: expect.stringMatching(/^\d+$/),
      adapted: [],
      differences: [],
      alerts: [{ id: named('a'), outcome: 'imported', incidentId }],
      comments: { imported: 1, unchanged: 0 },
    });
    expect(await incidentOf(answer)).toMatchObject({
      externalId: named('i'),
      externalSource: 'defender',
      externalUrl: 'https://security.microsoft.com/incidents/1923?tid=1',
      displayName: 'Malware on one endpoint',
      nameIsAutomatic: false,
      status: 'inProgress',
      severity: 'medium',
      severityIsAutomatic: false,
      classification: 'truePositive',
      determination: 'malware',
      assignedTo: 'jane@contoso.com',
      description: 'What happened.',
      customTags: ['Demo'],
      systemTags: ['Defender Experts'],
      createdDateTime: '2023-05-13T23:55:09.293Z',
      lastUpdateDateTime: '2023-05-14T00:26:05.593Z',
      resolvedDateTime: null,
      lastModifiedBy: 'API-App:admin@contoso.com',
      alertCount: 1,
      activeAlertCount: 1,
      commentCount: 1,
    });
  });

  it('tells in its history what came along, who wrote comments there and who brought them', async () => {
    const [imported, alert, comment] = await historyOf(await bring(anIncident()));
    expect(imported).toMatchObject({ type: 'IncidentImported', kind: 'audit', actor: { id: 'admin' } });
    expect(imported?.changes).toEqual(
      expect.arrayContaining([
        { property: 'displayName', from: null, to: 'Malware on one endpoint' },
        { property: 'createdDateTime', from: null, to: '2023-05-13T23:55:09.2933333Z' },
      ]),
    );
    expect(imported?.changes).not.toContainEqual(expect.objectContaining({ property: 'resolvingComment' }));
    expect(alert).toMatchObject({ type: 'AlertAdded', alertId: named('a'), reason: { rule: 'imported' } });
    expect(comment).toMatchObject({
      type: 'CommentImported',
      kind: 'comment',
      comment: 'Seen.',
      imported: { by: 'Jane', at: '2023-05-14T00:00:00.1234567Z' },
      actor: { id: 'admin' },
    });
  });

  it('changes nothing when it comes again, whatever was done to it here', async () => {
    const { body } = await bring(anIncident());
    await api.ask(`POST /v1/incidents/${String(body.incidentId)}/resolve`, { body: { comment: 'Done.' } });
    await api.ask(`POST /v1/incidents/${String(body.incidentId)}/rename`, { body: { displayName: 'Ours' } });
    const before = await api.events();
    const again = await bring(anIncident());
    expect(await api.events()).toBe(before);
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({
      incidentId: body.incidentId,
      outcome: 'unchanged',
      differences: [],
      alerts: [{ outcome: 'unchanged' }],
      comments: { imported: 0, unchanged: 1 },
    });
  });

  it('takes further alerts and comments that come later, and is not different for it', async () => {
    const first = await bring(anIncident());
    const comments = [...anIncident().comments, { comment: 'More.' }];
    const more = await bring(anIncident({ alerts: [anAlert('b')], comments }));
    expect(more.body).toMatchObject({
      incidentId: first.body.incidentId,
      outcome: 'completed',
      differences: [],
      alerts: [{ id: named('b'), outcome: 'imported' }],
      comments: { imported: 1, unchanged: 1 },
    });
    expect(await incidentOf(first)).toMatchObject({ alertCount: 2, commentCount: 2 });
  });

  it('stays as it is here where another version of it comes, and the differences are told', async () => {
    const first = await bring(anIncident());
    const newer = { status: 'resolved', displayName: 'Renamed there', priorityScore: 12, customTags: ['DEMO'] };
    const again = await bring(anIncident({ ...newer, lastUpdateDateTime: '2023-06-01T00:00:00Z' }));
    expect(again.body).toMatchObject({ incidentId: first.body.incidentId, outcome: 'unchanged' });
    expect(again.body.differences).toEqual([
      { property: 'displayName', here: 'Malware on one endpoint', there: 'Renamed there' },
      { property: 'status', here: 'inProgress', there: 'resolved' },
      { property: 'priorityScore', here: 86, there: 12 },
    ]);
    expect(await incidentOf(first)).toMatchObject({ status: 'inProgress', displayName: 'Malware on one endpoint' });
  });

  it('says how its alerts are handled otherwise here than there', async () => {
    await bring(anIncident());
    const later = { status: 'resolved', lastUpdateDateTime: '2023-06-01T00:00:00Z', title: 'Better title' };
    const again = await bring(anIncident({ alerts: [anAlert('a', later)] }));
    expect(again.body).toMatchObject({
      outcome: 'completed',
      differences: [{ property: 'status', alertId: named('a'), here: 'new', there: 'resolved' }],
      alerts: [{ outcome: 'updated' }],
    });
  });

  it('that is resolved takes its open alerts along as closed ones, and says so', async () => {
    const incident = anIncident({
      status: 'resolved',
      alerts: [anAlert('open'), anAlert('shut', { status: 'resolved' })],
    });
    const answer = await bring(incident);
    expect(answer.body).toMatchObject({
      adapted: [{ property: 'status', alertId: named('open'), from: 'new', to: 'resolved' }],
      alerts: [{ outcome: 'imported' }, { outcome: 'imported' }],
    });
    expect(await incidentOf(answer)).toMatchObject({
      status: 'resolved',
      activeAlertCount: 0,
      resolvedDateTime: '2023-05-14T00:26:05.593Z',
    });
  });

  it('leaves an alert where it is that was here before', async () => {
    const { body } = await api.ask('POST /v1/alerts', { body: { ...anAlert('a'), incidentId: undefined } });
    const answer = await bring(anIncident());
    expect(answer.body.alerts).toEqual([{ id: named('a'), outcome: 'elsewhere', incidentId: body.incidentId }]);
  });

  it('writes what was said of such an alert into the incident that it is in', async () => {
    const { body } = await api.ask('POST /v1/alerts', { body: { ...anAlert('a'), incidentId: undefined } });
    const comments = [{ comment: 'On it.', mentions: ['bob'] }];
    const answer = await bring(anIncident({ alerts: [anAlert('a', { comments })] }));
    expect(answer.body).toMatchObject({ adapted: [], comments: { imported: 2 } });
    expect(await historyOf({ body })).toContainEqual(
      expect.objectContaining({ type: 'CommentImported', comment: 'On it.', alertId: named('a') }),
    );
    expect((await incidentOf(answer)).commentCount).toBe(1);
  });

  it('has said all of an alert that is reported for itself afterwards', async () => {
    const { body } = await bring(anIncident());
    const { incidentId } = body;
    const alone = { ...anAlert('a'), incidentId, externalIncidentId: '28282' };
    expect((await api.ask('POST /v1/alerts', { body: alone })).body).toMatchObject({ status: 'unchanged', incidentId });
  });

  it('tells what an alert says otherwise than before that is no newer', async () => {
    const saying = (description: string) => ({ alerts: [anAlert('a', { description, evidence: { description } })] });
    await bring(anIncident(saying('Old.')));
    expect((await bring(anIncident(saying('New.')))).body).toMatchObject({
      outcome: 'unchanged',
      differences: [
        {
          alertId: named('a'),
          property: 'evidence',
          here: [{ description: 'Old.' }],
          there: [{ description: 'New.' }],
        },
        { alertId: named('a'), property: 'description', here: 'Old.', there: 'New.' },
      ],
    });
  });

  it('comes without an alert that is refused, and with the others', async () => {
    const alerts = [{ title: 'no id' }, anAlert('untitled', { title: '' }), 'nonsense', anAlert('good')];
    const answer = await bring(anIncident({ alerts }));
    const problem = { type: 'urn:docket:problem:invalid-request' };
    expect(answer.body).toMatchObject({
      outcome: 'imported',
      alerts: [
        { id: null, outcome: 'refused', problem },
        { id: named('untitled'), outcome: 'refused', problem },
        { id: null, outcome: 'refused', problem },
        { id: named('good'), outcome: 'imported' },
      ],
    });
    expect(await incidentOf(answer)).toMatchObject({ alertCount: 1 });
  });

  it('may have one alert that is no array, or none', async () => {
    expect((await bring(anIncident({ alerts: anAlert('a') }))).body.alerts).toMatchObject([{ outcome: 'imported' }]);
    round++;
    expect((await bring(anIncident({ alerts: undefined }))).body.alerts).toEqual([]);
  });

  it('has other ids than one of another source', async () => {
    const ours = await bring(anIncident(), { source: 'defender-emea' });
    round++;
    const theirs = await bring(anIncident({ id: ours.body.externalId }));
    expect(theirs.body.incidentId).not.toBe(ours.body.incidentId);
  });

  it('is refused where it comes from another tenant', async () => {
    const first = await bring(anIncident());
    const before = await api.events();
    const other = await bring(anIncident({ tenantId: 't-2' }));
    expect([other.status, other.code]).toEqual([409, 'another-tenant']);
    expect(other.body).toMatchObject({ incidentId: first.body.incidentId, tenantId: 't-1' });
    expect(await api.events()).toBe(before);
  });

  it('is refused where it was merged into another one there, which is named', async () => {
    const before = await api.events();
    const merged = await bring(anIncident({ status: 'Redirected', redirectIncidentId: '17' }));
    expect([merged.status, merged.code, merged.body.redirectIncidentId]).toEqual([409, 'merged-at-source', '17']);
    expect(await api.events()).toBe(before);
  });

  it('with mistakes is refused with all of them, and nothing is done', async () => {
    const before = await api.events();
    const wrong = await bring(
      anIncident({ id: '../1', createdDateTime: 'yesterday', customTags: 'vip', comments: {} }),
    );
    expect([wrong.status, wrong.code]).toEqual([400, 'invalid-request']);
    expect((wrong.body.errors as { name: string }[]).map(({ name }) => name)).toEqual([
      'id',
      'customTags',
      'createdDateTime',
      'comments',
    ]);
    expect(await api.events()).toBe(before);
  });

  it('may only be brought by an admin', async () => {
    const asked = { body: { incident: anIncident() } };
    expect((await api.ask('POST /v1/incidents/import', { as: 'analyst', ...asked })).code).toBe('forbidden');
  });

  it('comes once for each Idempotency-Key, which is of one body', async () => {
    const headers = { 'idempotency-key': named('key') };
    const ask = (incident: object) =>
      api.ask('POST /v1/incidents/import', { as: 'admin', headers, body: { incident } });
    expect((await ask(anIncident())).status).toBe(201);
    expect((await ask(anIncident())).body.outcome).toBe('unchanged');
    expect((await ask(anIncident({ severity: 'low' }))).code).toBe('idempotency-key-reused');
  });
});
