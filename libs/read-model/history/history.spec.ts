import { describe, expect, it } from '@jest/globals';
import {
  addImportedAlerts,
  assign,
  changeTags,
  comment,
  commentOnAlert,
  importComments,
  moveIn,
  moveOut,
  rename,
  resolve,
} from '#incidents';
import type { EventLog } from '#event-store';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';
import { aComment } from '../../incidents/testing/source-incident.js';
import { incidentAt } from '../incidents/as-of.js';
import { InvalidCursor } from '../cursor.js';
import { historyPage } from './history.js';
import type { HistoryQuery } from './history.js';
import { added, imported, kim, opened, Recorder, summaryOf, timeOf } from '../testing/recorder.js';

const because = { comment: 'Same actor.', reasons: ['sameActor' as const] };

async function logOf(docket: Recorder): Promise<EventLog> {
  const log = new InMemoryEventLog();
  for (const { stream, id, type, data, metadata } of docket.events)
    await log.append(stream, 'any', [{ id, type, data, metadata }]);
  return log;
}

function given(): Recorder {
  const docket = new Recorder();
  docket.happened('1', opened('1', 'Phishing'), added(summaryOf('a')), added(summaryOf('b')));
  docket.decided('1', assign({ to: 'lee', caller: 'kim' }));
  docket.decided('1', commentOnAlert('a', { comment: 'Looking.' }));
  docket.decided('1', changeTags({ add: ['vip'], remove: [] }));
  docket.decided('1', resolve({ comment: 'Reimaged.' }));
  return docket;
}

const history = async (docket: Recorder, query?: HistoryQuery) => (await historyPage(await logOf(docket), '1', query))!;

describe('the history of an incident', () => {
  it('tells who did what and when, from what to what', async () => {
    const { value, nextCursor } = await history(given());
    expect(nextCursor).toBeNull();
    expect(value[3]).toEqual({
      revision: 3,
      position: '4',
      at: timeOf(4n),
      actor: kim,
      commandId: 'command',
      type: 'IncidentAssigned',
      kind: 'audit',
      alertIds: ['a', 'b'],
      changes: [{ property: 'assignedTo', from: null, to: 'lee' }],
    });
  });

  it('tells why an alert is here', async () => {
    const { value } = await history(given());
    expect(value[1]).toMatchObject({
      alertId: 'a',
      reason: { rule: 'nothingShared' },
      changes: [{ property: 'alerts', from: null, to: 'Title of a' }],
    });
  });

  it('tells what an import brought along, and who wrote its comments there', async () => {
    const docket = new Recorder();
    docket.happened('1', imported('1', { customTags: ['vip'], status: 'resolved' }));
    docket.decided('1', addImportedAlerts([summaryOf('a')]));
    docket.decided('1', importComments([aComment('On it.', 'a')]));
    const { value } = await history(docket);
    expect(value).toMatchObject([
      {
        type: 'IncidentImported',
        kind: 'audit',
        actor: kim,
        changes: [
          { property: 'displayName', from: null, to: 'Named there' },
          { property: 'status', from: null, to: 'resolved' },
          { property: 'severity', from: null, to: 'medium' },
          { property: 'customTags', from: null, to: ['vip'] },
          { property: 'externalId', from: null, to: '1923' },
          { property: 'externalSource', from: null, to: 'defender' },
          { property: 'tenantId', from: null, to: 't-1' },
          { property: 'createdDateTime', from: null, to: '2023-05-13T23:55:09.2933333Z' },
          { property: 'lastUpdateDateTime', from: null, to: '2023-05-14T00:26:05.5933333Z' },
        ],
      },
      {
        alertId: 'a',
        reason: { rule: 'imported' },
        changes: [
          { property: 'alerts', to: 'Title of a' },
          { property: 'status', from: 'new', to: 'resolved' },
        ],
      },
      {
        type: 'CommentImported',
        kind: 'comment',
        comment: 'On it.',
        alertId: 'a',
        imported: { by: 'Jane', at: '2023-05-14T00:00:00Z' },
        actor: kim,
      },
    ]);
    expect((await history(docket, { kind: 'comment', alertId: 'a' })).value).toHaveLength(1);
  });

  it('shows a resolve with its comment as one audit', async () => {
    const { value } = await history(given(), { order: 'desc', limit: 1 });
    expect(value).toMatchObject([
      { kind: 'audit', comment: 'Reimaged.', changes: [{ property: 'status', from: 'active', to: 'resolved' }] },
    ]);
  });

  it('tells from both sides where moved alerts went', async () => {
    const docket = given();
    const alerts = [summaryOf('c')];
    docket.decided('1', moveIn({ incidentId: '1', fromIncidentId: '7', transferId: 't', alerts, ...because }));
    docket.decided('1', moveOut({ alertIds: ['a'], toIncidentId: '9', ...because }));
    const { value } = await history(docket, { alertId: 'c' });
    expect(value).toMatchObject([
      { changes: [{ property: 'incidentId', from: '7', to: '1' }], reasons: ['sameActor'] },
    ]);
    const { value: ofA } = await history(docket, { alertId: 'a', order: 'desc', limit: 1 });
    expect(ofA).toMatchObject([{ type: 'AlertMovedOut', comment: 'Same actor.', changes: [{ from: '1', to: '9' }] }]);
  });

  it('has an entry for every event, also for one of a later Docket', async () => {
    const docket = given();
    docket.record('incident-1', { type: 'IncidentPraised', data: {} });
    const { value } = await history(docket);
    expect(value.map(({ revision }) => revision)).toEqual(docket.of('1').map(({ revision }) => revision));
    expect(value.at(-1)).toMatchObject({ type: 'IncidentPraised', kind: 'audit', changes: [] });
  });

  it('is filtered by kind, actor and time', async () => {
    const docket = given();
    expect((await history(docket, { kind: 'comment' })).value).toMatchObject([
      { type: 'AlertCommented', alertId: 'a' },
    ]);
    expect((await history(docket, { actor: 'Kim' })).value).toHaveLength(7);
    expect((await history(docket, { actor: 'lee' })).value).toHaveLength(0);
    const within = { from: new Date(timeOf(3n)), to: new Date(timeOf(5n)) };
    for (const order of ['asc', 'desc'] as const)
      expect((await history(docket, { ...within, order })).value.map(({ revision }) => revision).sort()).toEqual([
        2, 3,
      ]);
  });

  it.each(['asc', 'desc'] as const)(
    'comes in pages, %s, and goes on behind the last entry while more is written',
    async (order) => {
      const docket = given();
      const log = await logOf(docket);
      const seen: number[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await historyPage(log, '1', { order, limit: 2, ...(cursor ? { cursor } : {}) });
        seen.push(...page!.value.map(({ revision }) => revision));
        cursor = page!.nextCursor;
      } while (cursor);
      const all = [0, 1, 2, 3, 4, 5, 6];
      expect(seen).toEqual(order === 'asc' ? all : all.reverse());
    },
  );

  it('refuses the cursor of another query', async () => {
    const { nextCursor } = await history(given(), { limit: 1 });
    for (const query of [{ order: 'desc' as const }, { kind: 'comment' as const }, { cursor: 'rubbish' }])
      await expect(history(given(), { cursor: nextCursor!, ...query })).rejects.toThrow(InvalidCursor);
  });

  it('is unknown where the incident is', async () => {
    expect(await historyPage(await logOf(given()), '2')).toBeUndefined();
    expect(await history(given(), { kind: 'audit', actor: 'nobody' })).toEqual({ value: [], nextCursor: null });
  });
});

describe('an incident as of then', () => {
  it('is what it was at a revision', async () => {
    const docket = given();
    docket.decided('1', rename({ displayName: 'Ours' }));
    const log = await logOf(docket);
    expect(await incidentAt(log, '1', { revision: 6 })).toMatchObject({ displayName: 'Phishing', status: 'resolved' });
    expect(await incidentAt(log, '1', { revision: 7 })).toMatchObject({ displayName: 'Ours' });
    expect(await incidentAt(log, '1', 'now')).toMatchObject({ displayName: 'Ours', revision: 7 });
  });

  it('is what it was at a time', async () => {
    const log = await logOf(given());
    expect(await incidentAt(log, '1', { asOf: new Date(timeOf(6n)) })).toMatchObject({ status: 'active', revision: 5 });
    expect(await incidentAt(log, '1', { asOf: new Date('2100-01-01') })).toMatchObject({ revision: 6 });
  });

  it('is nothing before its beginning, beyond its end, or where there is none', async () => {
    const docket = given();
    docket.decided('1', comment({ comment: 'More.' }));
    const log = await logOf(docket);
    expect(await incidentAt(log, '1', { asOf: new Date(timeOf(0n)) })).toBeUndefined();
    expect(await incidentAt(log, '1', { revision: 8 })).toBeUndefined();
    expect(await incidentAt(log, '2', 'now')).toBeUndefined();
  });
});
