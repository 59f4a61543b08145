import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Client } from './client.js';
import { RunningDocket } from './docket.js';
import { alert, device, mailbox, user } from './reports.js';

/** What a user can do, sentence by sentence. */
let docket: RunningDocket;
let kim: Client;
let lee: Client;

beforeAll(async () => {
  docket = await RunningDocket.start();
  [kim, lee] = await Promise.all([docket.as('kim'), docket.as('lee')]);
}, 60_000);
afterAll(() => docket?.stop());

/** Reports alerts, and gives back what the last report answered: they are about one device that nothing else is about. */
async function incidentOf(
  ...alerts: Record<string, unknown>[]
): Promise<{ incidentId: string; position: string; alertIds: string[] }> {
  const pc = device(`pc-${randomUUID()}`);
  const alertIds: string[] = [];
  let answer: { incidentId: string; position: string } | undefined;
  for (const but of alerts) {
    const report = alert({ evidence: [pc], ...but });
    const { status, body } = await kim.post('/v1/alerts', report);
    expect({ status, body }).toMatchObject({ status: 201 });
    alertIds.push(report.id);
    answer = body;
  }
  return { ...answer!, alertIds };
}

const done = async (answer: Promise<{ status: number; body: any }>) => {
  const { status, body } = await answer;
  expect({ status, body }).toMatchObject({ status: 200 });
  return body as { incidentId: string; position: string; revision: number; events: string[] };
};

describe('Manage incidents', () => {
  it('you have access to managing incidents on devices, users, and mailboxes', async () => {
    const evidence = [
      device(`pc-${randomUUID()}`),
      user(`kim-${randomUUID()}@northwind.example`),
      mailbox(`box-${randomUUID()}@northwind.example`),
    ];
    const { incidentId, position } = await incidentOf({ evidence });
    const { body } = await kim.after(position, `/v1/incidents/${incidentId}`);
    expect(body.impactedAssets.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['device', 'mailbox', 'user']);
  });

  it('you can see when each of its assets was seen first and last, and by how many alerts', async () => {
    const host = `pc-${randomUUID()}`;
    const evidence = [device(host), user(`kim-${randomUUID()}@northwind.example`)];
    const active = (day: number) => ({ evidence, lastActivityDateTime: `2026-01-0${day}T00:00:00Z` });
    const { incidentId, position } = await incidentOf({ ...active(3), firstActivityDateTime: '2026-01-01T00:00:00Z' });
    const later = await incidentOf(active(5));
    expect(later.incidentId).toBe(incidentId);
    const assets = `/v1/incidents/${incidentId}/assets`;
    const { status, body } = await kim.after(later.position, `${assets}?kind=device`);
    expect({ status, body }).toMatchObject({ status: 200, body: { total: 1, nextCursor: null } });
    expect(body.value).toMatchObject([
      { kind: 'device', alertCount: 2, firstSeenDateTime: '2026-01-01T00:00:00.000Z' },
    ]);
    expect(body.value[0].lastSeenDateTime).toBe('2026-01-05T00:00:00.000Z');
    expect((await kim.after(position, assets)).body).toMatchObject({ total: 2 });
    expect((await kim.get('/v1/incidents/999999999/assets')).status).toBe(404);
  });

  it('you can manage incidents by selecting an incident from the Incidents queue', async () => {
    const { incidentId, position } = await incidentOf({});
    const queue = await kim.after(position, '/v1/incidents?limit=200');
    const row = queue.body.value.find(({ id }: { id: string }) => id === incidentId);
    expect(row).toMatchObject({ status: 'active', displayName: 'Suspicious PowerShell command line' });
    const selected = await kim.get(`/v1/incidents/${row.id}`);
    expect(selected.body).toMatchObject({ id: incidentId, displayName: row.displayName });
    const alerts = await kim.after(position, `/v1/incidents/${row.id}/alerts`);
    expect(alerts.body.value).toHaveLength(1);
  });

  it('you can edit the name of an incident, resolve it, set its classification and determination', async () => {
    const { incidentId } = await incidentOf({});
    await done(kim.post(`/v1/incidents/${incidentId}/rename`, { displayName: 'Laptop of the CFO' }));
    await done(
      kim.post(`/v1/incidents/${incidentId}/classify`, { classification: 'truePositive', determination: 'malware' }),
    );
    const { position } = await done(kim.post(`/v1/incidents/${incidentId}/resolve`, { comment: 'Reimaged.' }));
    const { body } = await kim.after(position, `/v1/incidents/${incidentId}`);
    expect(body).toMatchObject({
      displayName: 'Laptop of the CFO',
      status: 'resolved',
      classification: 'truePositive',
      determination: 'malware',
      resolvingComment: 'Reimaged.',
    });
  });

  it('you can also assign the incident to yourself, add incident tags and comments', async () => {
    const { incidentId } = await incidentOf({});
    await done(kim.post(`/v1/incidents/${incidentId}/assign`, { assignedTo: 'me' }));
    await done(kim.post(`/v1/incidents/${incidentId}/tags`, { add: ['VIP'] }));
    const { position } = await done(kim.post(`/v1/incidents/${incidentId}/comments`, { comment: 'Looking at it.' }));
    const { body } = await kim.after(position, `/v1/incidents/${incidentId}`);
    expect(body).toMatchObject({ assignedTo: 'kim', customTags: ['VIP'] });
    const history = await kim.get(`/v1/incidents/${incidentId}/history`);
    expect(history.body.value).toContainEqual(expect.objectContaining({ kind: 'comment', comment: 'Looking at it.' }));
  });

  it('you can move alerts from one incident to another, thus creating a larger or smaller incident', async () => {
    const smaller = await incidentOf({}, { title: 'Belongs elsewhere' });
    const larger = await incidentOf({});
    const moved = await kim.post('/v1/alerts/move', {
      alertIds: [smaller.alertIds[1]],
      incidentId: larger.incidentId,
      reasons: ['sameActor'],
    });
    expect(moved).toMatchObject({ status: 200, body: { incidentId: larger.incidentId } });
    const alertsOf = async (id: string) =>
      (await kim.after(moved.body.position, `/v1/incidents/${id}/alerts`)).body.value.map(
        (one: { id: string }) => one.id,
      );
    expect(await alertsOf(smaller.incidentId)).toEqual([smaller.alertIds[0]]);
    expect((await alertsOf(larger.incidentId)).sort()).toEqual([larger.alertIds[0], smaller.alertIds[1]].sort());
    const row = await kim.after(moved.body.position, `/v1/incidents/${smaller.incidentId}`);
    expect(row.body).toMatchObject({ alertCount: 1, displayName: 'Suspicious PowerShell command line' });
  });

  it('you can move alerts to a new incident', async () => {
    const { alertIds, incidentId } = await incidentOf({}, { title: 'On its own' });
    const moved = await kim.post('/v1/alerts/move', { alertIds: [alertIds[1]], incidentId: null });
    expect(moved.status).toBe(201);
    expect(moved.body.incidentId).not.toBe(incidentId);
    const { body } = await kim.after(moved.body.position, `/v1/incidents/${moved.body.incidentId}`);
    expect(body).toMatchObject({ displayName: 'On its own', alertCount: 1 });
  });
});

describe('Edit incident name', () => {
  it('incidents are automatically assigned a name based on alert attributes', async () => {
    const shared = user(`kim-${randomUUID()}@northwind.example`);
    const on = (name: string) => [device(`${name}-${randomUUID()}`), shared];
    const { incidentId, position } = await incidentOf(
      { title: 'Phish', category: 'InitialAccess', evidence: on('one') },
      { title: 'Beacon', category: 'SuspiciousActivity', evidence: on('two'), detectionSource: 'antivirus' },
    );
    const { body } = await kim.after(position, `/v1/incidents/${incidentId}`);
    expect(body.displayName).toBe(
      'Multi-stage incident involving Initial access on multiple endpoints reported by multiple sources',
    );
  });

  it('for example: Multi-stage incident on multiple endpoints reported by multiple sources', async () => {
    const shared = user(`lee-${randomUUID()}@northwind.example`);
    const on = (name: string) => [device(`${name}-${randomUUID()}`), shared];
    const { incidentId, position } = await incidentOf(
      { title: 'One thing', category: 'Malware', evidence: on('one') },
      { title: 'Another thing', category: 'SuspiciousActivity', evidence: on('two'), detectionSource: 'antivirus' },
    );
    const { body } = await kim.after(position, `/v1/incidents/${incidentId}`);
    expect(body.displayName).toBe('Multi-stage incident on multiple endpoints reported by multiple sources');
  });

  it('you can modify the incident name to better align with your preferred naming convention', async () => {
    const { incidentId } = await incidentOf({});
    const { position } = await done(kim.post(`/v1/incidents/${incidentId}/rename`, { displayName: 'IR-2026-0117' }));
    expect((await kim.after(position, `/v1/incidents/${incidentId}`)).body.displayName).toBe('IR-2026-0117');
  });

  it('incidents that existed with a name of their own will retain their name', async () => {
    const opened = await kim.post('/v1/incidents', { displayName: 'Named before' });
    expect(opened.status).toBe(201);
    const { incidentId } = opened.body;
    const { position } = await incidentOf({ incidentId }, { incidentId });
    const { body } = await kim.after(position, `/v1/incidents/${incidentId}`);
    expect(body).toMatchObject({ displayName: 'Named before', alertCount: 2 });
  });
});

describe('Assign incidents', () => {
  it('if an incident has not yet been assigned, you can assign it to yourself', async () => {
    const { incidentId } = await incidentOf({});
    await done(kim.post(`/v1/incidents/${incidentId}/assign`, { assignedTo: 'me' }));
    const refused = await lee.post(`/v1/incidents/${incidentId}/assign`, { assignedTo: 'me' });
    expect(refused).toMatchObject({
      status: 409,
      body: { type: 'urn:docket:problem:already-assigned', assignedTo: 'kim' },
    });
  });

  it('doing so assumes ownership of not just the incident, but also all the alerts associated with it', async () => {
    const { incidentId, alertIds } = await incidentOf({}, { title: 'Second' });
    const { position } = await done(kim.post(`/v1/incidents/${incidentId}/assign`, { assignedTo: 'me' }));
    for (const alertId of alertIds)
      expect((await kim.after(position, `/v1/alerts/${alertId}`)).body).toMatchObject({
        assignedTo: 'kim',
        incidentId,
      });
  });
});

describe('Set status and classification', () => {
  it('you can categorize incidents as Active or Resolved by changing their status', async () => {
    const { incidentId } = await incidentOf({});
    const statusAfter = async (command: string) => {
      const { position } = await done(kim.post(`/v1/incidents/${incidentId}/${command}`));
      return (await kim.after(position, `/v1/incidents/${incidentId}`)).body.status;
    };
    expect(await statusAfter('start')).toBe('inProgress');
    expect(await statusAfter('resolve')).toBe('resolved');
    expect(await statusAfter('reopen')).toBe('active');
  });

  it('your analyst can review the urgent Active incidents and decide to assign them to herself', async () => {
    const urgent = await incidentOf({ severity: 'high' });
    const calm = await incidentOf({ severity: 'low' });
    const review = await kim.after(calm.position, '/v1/incidents?status=active&severity=high&limit=200');
    const found = review.body.value.map(({ id }: { id: string }) => id);
    expect(found).toContain(urgent.incidentId);
    expect(found).not.toContain(calm.incidentId);
    const { position } = await done(kim.post(`/v1/incidents/${urgent.incidentId}/assign`, { assignedTo: 'me' }));
    const mine = await kim.after(position, '/v1/incidents?assignedTo=kim&status=active&severity=high&limit=200');
    expect(mine.body.value.map(({ id }: { id: string }) => id)).toContain(urgent.incidentId);
  });

  it('resolving an incident will automatically close all alerts that are part of it and still open', async () => {
    const { incidentId, alertIds } = await incidentOf({}, { title: 'Second' }, { title: 'Third' });
    await done(kim.post(`/v1/alerts/${alertIds[0]}/resolve`, { classification: 'falsePositive' }));
    const { position } = await done(
      kim.post(`/v1/incidents/${incidentId}/resolve`, { classification: 'truePositive', determination: 'phishing' }),
    );
    const alerts = (await kim.after(position, `/v1/incidents/${incidentId}/alerts`)).body.value as any[];
    expect(alerts.map(({ status }) => status)).toEqual(['resolved', 'resolved', 'resolved']);
    expect(alerts.map(({ classification }) => classification).sort()).toEqual([
      'falsePositive',
      'truePositive',
      'truePositive',
    ]);
  });

  it('you can choose not to set a classification, or decide to specify whether an incident is true or false', async () => {
    const [unset, truly, falsely] = [await incidentOf({}), await incidentOf({}), await incidentOf({})];
    await done(kim.post(`/v1/incidents/${unset.incidentId}/resolve`));
    await done(
      kim.post(`/v1/incidents/${truly.incidentId}/classify`, {
        classification: 'TruePositive',
        determination: 'Malware',
      }),
    );
    const { position } = await done(
      kim.post(`/v1/incidents/${falsely.incidentId}/classify`, { classification: 'falsePositive' }),
    );
    const classificationOf = async (id: string) =>
      (await kim.after(position, `/v1/incidents/${id}`)).body.classification;
    expect(await classificationOf(unset.incidentId)).toBeNull();
    expect(await classificationOf(truly.incidentId)).toBe('truePositive');
    expect(await classificationOf(falsely.incidentId)).toBe('falsePositive');
  });
});

describe('Add comments', () => {
  it('you can view historical events about an incident to see previous changes made to it', async () => {
    const { incidentId } = await incidentOf({});
    await done(kim.post(`/v1/incidents/${incidentId}/rename`, { displayName: 'First name' }));
    const { revision } = await done(lee.post(`/v1/incidents/${incidentId}/rename`, { displayName: 'Second name' }));
    const { body } = await kim.get(`/v1/incidents/${incidentId}/history?order=desc`);
    expect(body.value[0]).toMatchObject({
      revision,
      type: 'IncidentRenamed',
      kind: 'audit',
      actor: { id: 'lee', kind: 'user' },
      changes: [{ property: 'displayName', from: 'First name', to: 'Second name' }],
    });
    const before = await kim.get(`/v1/incidents/${incidentId}?revision=${revision - 1}`);
    expect(before.body.displayName).toBe('First name');
  });

  it('whenever a change or comment is made to an alert, it is recorded in the comments and history', async () => {
    const { incidentId, alertIds } = await incidentOf({});
    await done(kim.post(`/v1/alerts/${alertIds[0]}/assign`, { assignedTo: 'me' }));
    await done(kim.post(`/v1/alerts/${alertIds[0]}/comments`, { comment: 'Seen this hash before.' }));
    const { body } = await kim.get(`/v1/incidents/${incidentId}/history?alertId=${alertIds[0]}&order=desc`);
    expect(body.value.slice(0, 2)).toMatchObject([
      { kind: 'comment', alertId: alertIds[0], comment: 'Seen this hash before.' },
      { kind: 'audit', alertId: alertIds[0], changes: [{ property: 'assignedTo', from: null, to: 'kim' }] },
    ]);
  });

  it('added comments instantly appear', async () => {
    const { incidentId } = await incidentOf({});
    for (let round = 0; round < 20; round += 1) {
      const comment = `Comment ${round}`;
      await done(kim.post(`/v1/incidents/${incidentId}/comments`, { comment }));
      const { body } = await lee.get(`/v1/incidents/${incidentId}/history?kind=comment&order=desc&limit=1`);
      expect(body.value[0].comment).toBe(comment);
    }
  });
});

describe('Add incident tags', () => {
  it('you can add custom tags, and later filter the queue for all incidents that contain a specific tag', async () => {
    const [one, two, other] = [await incidentOf({}), await incidentOf({}), await incidentOf({})];
    const tag = `Campaign ${randomUUID()}`;
    await done(kim.post(`/v1/incidents/${one.incidentId}/tags`, { add: [tag, 'Finance'] }));
    await done(kim.post(`/v1/incidents/${other.incidentId}/tags`, { add: ['Finance'] }));
    const { position } = await done(lee.post(`/v1/incidents/${two.incidentId}/tags`, { add: [tag.toUpperCase()] }));
    const { body } = await kim.after(position, `/v1/incidents?tag=${encodeURIComponent(tag.toLowerCase())}`);
    expect(body.value.map(({ id }: { id: string }) => id).sort()).toEqual([one.incidentId, two.incidentId].sort());
  });
});

describe('Merge incidents', () => {
  /** Two incidents with an alert each, of which the second became part of the first. */
  async function mergedOf() {
    const [into, from] = [await incidentOf({ title: 'Phish' }), await incidentOf({ title: 'Beacon' })];
    await done(kim.post(`/v1/incidents/${from.incidentId}/comments`, { comment: 'Same campaign?' }));
    await done(kim.post(`/v1/incidents/${from.incidentId}/tags`, { add: ['Campaign 7'] }));
    await done(kim.post(`/v1/incidents/${from.incidentId}/assign`, { assignedTo: 'lee' }));
    const headers = { 'idempotency-key': randomUUID() };
    const body = { incidentIds: [from.incidentId, into.incidentId], comment: 'One actor.', reasons: ['sameActor'] };
    const send = () => kim.post('/v1/incidents/merge', body, { headers });
    const { status, body: merged } = await send();
    expect({ status, merged }).toMatchObject({
      status: 200,
      merged: { incidentId: into.incidentId, value: [{ incidentId: from.incidentId, status: 'merged' }] },
    });
    return { into, from, send, merged };
  }

  it('incidents that belong together become the one with the lowest number, with the alerts and tags of all', async () => {
    const { into, from, merged } = await mergedOf();
    const { body } = await kim.after(merged.position, `/v1/incidents/${into.incidentId}`);
    expect(body).toMatchObject({
      alertCount: 2,
      customTags: ['Campaign 7'],
      assignedTo: 'lee',
      displayName: 'Execution incident on multiple endpoints',
    });
    for (const alertId of [...into.alertIds, ...from.alertIds])
      expect((await kim.after(merged.position, `/v1/alerts/${alertId}`)).body).toMatchObject({
        incidentId: into.incidentId,
      });
    const history = await kim.get(`/v1/incidents/${into.incidentId}/history`);
    expect(history.body.value).toContainEqual(
      expect.objectContaining({
        type: 'IncidentAbsorbed',
        actor: expect.objectContaining({ id: 'kim' }),
        comment: 'One actor.',
        reasons: ['sameActor'],
        changes: [{ property: 'mergedIncidentIds', from: null, to: from.incidentId }],
      }),
    );
  });

  it('a link to one that was merged goes on working, and its history stays', async () => {
    const { into, from, merged } = await mergedOf();
    const { status, body } = await kim.after(merged.position, `/v1/incidents/${from.incidentId}`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'redirected', redirectIncidentId: into.incidentId, alertCount: 0, systemTags: ['Redirected'] },
    });
    const history = (await kim.get(`/v1/incidents/${from.incidentId}/history`)).body.value as any[];
    expect(history).toContainEqual(expect.objectContaining({ kind: 'comment', comment: 'Same campaign?' }));
    expect(history.at(-1)).toMatchObject({
      type: 'IncidentMerged',
      changes: [
        { property: 'status', from: 'active', to: 'redirected' },
        { property: 'redirectIncidentId', from: null, to: into.incidentId },
      ],
    });
    const before = await kim.get(`/v1/incidents/${from.incidentId}?revision=${history.length - 2}`);
    expect(before.body).toMatchObject({ status: 'active', alertCount: 1, redirectIncidentId: null });
  });

  it('commands on it are refused, and told where it went', async () => {
    const { into, from } = await mergedOf();
    for (const [command, body] of Object.entries({
      assign: { assignedTo: 'me' },
      resolve: {},
      comments: { comment: 'x' },
    }))
      expect(await kim.post(`/v1/incidents/${from.incidentId}/${command}`, body)).toMatchObject({
        status: 409,
        body: { type: 'urn:docket:problem:incident-redirected', redirectIncidentId: into.incidentId },
      });
    await done(kim.post(`/v1/alerts/${from.alertIds[0]}/comments`, { comment: 'Its alert is here.' }));
    const history = await kim.get(`/v1/incidents/${into.incidentId}/history?order=desc&limit=1`);
    expect(history.body.value).toMatchObject([{ alertId: from.alertIds[0], comment: 'Its alert is here.' }]);
  });

  it('the queue leaves it out, unless it is asked for those that were merged', async () => {
    const { from, merged } = await mergedOf();
    const shown = async (query: string) =>
      (await kim.after(merged.position, `/v1/incidents?q=${from.incidentId}${query}`)).body.value.map(
        ({ id }: { id: string }) => id,
      );
    expect(await shown('')).not.toContain(from.incidentId);
    expect(await shown('&status=redirected')).toContain(from.incidentId);
  });

  it('an alert that is reported into it goes to the incident that it is part of', async () => {
    const { into, from } = await mergedOf();
    const { status, body } = await kim.post('/v1/alerts', alert({ incidentId: from.incidentId }));
    expect({ status, body }).toMatchObject({ status: 201, body: { incidentId: into.incidentId } });
  });

  it('sent again with its key, a merge answers the same and does nothing more', async () => {
    const { into, send, merged } = await mergedOf();
    const again = await send();
    expect(again.body).toEqual(merged);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const { body } = await kim.after(merged.position, `/v1/incidents/${into.incidentId}`);
    expect(body).toMatchObject({ revision: merged.revision });
  });

  it.each([
    ['two with different owners', 'assign', { assignedTo: 'kim' }, { assignedTo: 'lee' }, 'incidents-differ'],
    [
      'two with different classifications',
      'classify',
      { classification: 'truePositive' },
      { classification: 'falsePositive' },
      'incidents-differ',
    ],
    ['two of which one is resolved', 'resolve', {}, undefined, 'incident-resolved'],
  ])('%s stay two', async (_, command, one, other, code) => {
    const ids = [(await incidentOf({})).incidentId, (await incidentOf({})).incidentId];
    await done(kim.post(`/v1/incidents/${ids[0]}/${command}`, one));
    if (other) await done(kim.post(`/v1/incidents/${ids[1]}/${command}`, other));
    expect(await kim.post('/v1/incidents/merge', { incidentIds: ids })).toMatchObject({
      status: 409,
      body: { type: `urn:docket:problem:${code}` },
    });
  });
});

describe('Work on many incidents at once', () => {
  it('a thousand incidents get an owner in one request, once for each key', async () => {
    const reports = Array.from({ length: 1_000 }, () => alert());
    const reported = await kim.post('/v1/alerts', reports);
    const incidentIds: string[] = reported.body.value.map(({ incidentId }: { incidentId: string }) => incidentId);
    expect(new Set(incidentIds).size).toBe(1_000);

    const headers = { 'idempotency-key': randomUUID() };
    const send = () =>
      kim.post('/v1/incidents/bulk', { incidentIds, command: 'assign', body: { assignedTo: 'me' } }, { headers });
    const begun = performance.now();
    const first = await send();
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(first.status).toBe(200);
    expect(first.body.value).toHaveLength(1_000);
    expect(first.body.value.map(({ id }: { id: string }) => id)).toEqual(incidentIds);
    expect(new Set(first.body.value.map(({ status }: { status: string }) => status))).toEqual(new Set(['done']));

    const revisionOf = async (id: string) =>
      (await kim.get(`/v1/incidents/${id}/history?order=desc&limit=1`)).body.value[0].revision;
    expect((await send()).body).toEqual(first.body);
    for (const { id, revision } of [first.body.value[0], first.body.value[999]])
      expect(await revisionOf(id)).toBe(revision);

    const positions = first.body.value.map(({ position }: { position: string }) => BigInt(position)) as bigint[];
    const last = positions.reduce((one, other) => (one > other ? one : other));
    const { body } = await kim.after(String(last), `/v1/alerts/${reports[999]!.id}`);
    expect(body).toMatchObject({ assignedTo: 'kim' });
  }, 60_000);
});
