import { beforeEach, describe, expect, it } from '@jest/globals';
import { ReadYourWrites } from '../../http/read-your-writes.js';
import type { Sent } from '../../http/envelope.js';
import { readDto } from '../../http/dto-pipe.js';
import { fieldsOf } from '../../http/fields.js';
import { assemble, docketEvents } from '#process-managers';
import { saveView } from '#incidents';
import type { ViewQuery } from '#incidents';
import { ProjectionBehind, queueFilters } from '#read-model';
import type { QueueQuery, ReadModel } from '#read-model';
import { InMemoryEventLog } from '../../../../libs/event-store/testing/in-memory-event-log.js';
import { ViewDesk } from '../../views/view-desk.js';
import { ListIncidents, ListIncidentsHandler, QueueParameters } from './list-incidents.js';

let asked: QueueQuery;
let desk: ViewDesk;
let handler: ListIncidentsHandler;
beforeEach(() => {
  const readModel = {
    whereabouts: async () => undefined,
    checkpoints: {
      reached: async (projection: 'incidents', wanted: bigint) => {
        throw new ProjectionBehind(projection, 0n, wanted);
      },
    },
    queue: async (query: QueueQuery) => {
      asked = query;
      return { value: [], nextCursor: null, total: 0, totalIsExact: true, position: 0n };
    },
  } as unknown as ReadModel;
  const log = new InMemoryEventLog(docketEvents);
  desk = new ViewDesk(assemble({ log, clock: () => new Date(), readModel }).views);
  handler = new ListIncidentsHandler(readModel, new ReadYourWrites(readModel, log), desk);
});

const save = (owner: string | null, name: string, query: ViewQuery) => {
  const actor = { id: owner ?? 'ann', name: 'Ann', kind: 'user' as const };
  const sent: Sent = { command: { id: crypto.randomUUID(), actor, correlationId: 'c' } };
  return desk.decide(owner, name, sent, saveView(name, query));
};

/** What the read model is asked for, without what is not restricted. */
async function queryFor(parameters: object, caller = 'ann'): Promise<object> {
  await handler.execute(new ListIncidents(readDto(QueueParameters, parameters, 'query'), caller, undefined));
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

describe('the queue with a view', () => {
  it('asks for what the view asks for, and what is asked for beside it goes before that', async () => {
    await save('ann', 'vip', {
      status: ['active'],
      tag: ['vip'],
      sort: '-severity',
      updatedFrom: '2026-01-01T00:00:00.000Z',
    });
    expect(await queryFor({ view: 'VIP' })).toEqual({
      status: ['active'],
      tag: ['vip'],
      sort: '-severity',
      updatedFrom: new Date('2026-01-01'),
    });
    expect(await queryFor({ view: 'vip', status: 'resolved', limit: '5' })).toMatchObject({
      status: ['resolved'],
      tag: ['vip'],
      limit: 5,
    });
  });

  it('means by `me` whoever asks', async () => {
    await save(null, 'ours', { assignedTo: ['me', 'none'] });
    for (const caller of ['ann', 'bob'])
      expect(await queryFor({ view: 'ours' }, caller)).toEqual({ assignedTo: [caller, null] });
  });

  it('takes one’s own view before everybody’s, and that before the built-in one', async () => {
    expect(await queryFor({ view: 'default' })).toEqual({
      status: ['active', 'inProgress'],
      severity: ['high', 'medium', 'low', 'unknown'],
    });
    await save(null, 'default', { q: 'shared' });
    await save('ann', 'default', { q: 'own' });
    expect(await queryFor({ view: 'default' }, 'ann')).toEqual({ q: 'own' });
    expect(await queryFor({ view: 'default' }, 'bob')).toEqual({ q: 'shared' });
  });

  it('is refused where it asks for what is not known any more, rather than answering more', async () => {
    await save('ann', 'old', { status: ['active'], team: ['blue'] });
    await expect(queryFor({ view: 'old' })).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/^view was saved with what this version does not take \(team is not known here/),
    });
  });

  it('is refused where there is none', async () => {
    for (const view of ['nothing', 'constructor', '__proto__'])
      await expect(queryFor({ view })).rejects.toMatchObject({ code: 'unknown-view' });
  });
});

describe('the parameters of the queue', () => {
  it('are the filters that its indexes are tested with, and what says how they are shown', () => {
    const others = ['limit', 'cursor', 'sort', 'view', 'changedSince', 'facets'];
    expect([...fieldsOf(QueueParameters)!.keys()].sort()).toEqual([...queueFilters, ...others].sort());
  });

  it('read facets with commas between them', () => {
    expect(readDto(QueueParameters, { facets: 'status,Severity' }, 'query')).toMatchObject({
      facets: ['status', 'severity'],
    });
  });

  it.each([{ facets: 'status,colour' }, { changedSince: '-1' }, { changedSince: '1', sort: 'id' }])(
    'refuse %j',
    (parameters) => {
      expect(() => readDto(QueueParameters, parameters, 'query')).toThrow();
    },
  );
});

describe('what somebody has seen already', () => {
  const after = (position: bigint) => handler.execute(new ListIncidents(new QueueParameters(), 'ann', position));

  it('is refused behind the end of the log, where one would wait for ever, and else not yet there', async () => {
    const beyond = { code: 'invalid-request', message: expect.stringContaining('beyond the end of the log') };
    await expect(queryFor({ changedSince: '4711' })).rejects.toMatchObject(beyond);
    await expect(after(4711n)).rejects.toMatchObject(beyond);
    await save('ann', 'a', { q: 'a' });
    await expect(queryFor({ changedSince: '1' })).rejects.toThrow(ProjectionBehind);
    await expect(after(1n)).rejects.toThrow(ProjectionBehind);
    for (const changedSince of ['9999999999999999999', 'x', '-1'])
      await expect(queryFor({ changedSince })).rejects.toMatchObject({
        message: expect.stringContaining('must be a position'),
      });
  });
});
