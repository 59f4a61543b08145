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
