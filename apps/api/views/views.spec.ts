import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyLog } from '#audit';
import { docketEvents } from '#process-managers';
import { ApiUnderTest } from '../testing/api-under-test.js';
import type { Asked } from '../testing/api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

const save = (name: string, body: object, asked: Asked = {}) =>
  api.ask(`PUT /v1/views/${encodeURIComponent(name)}`, { ...asked, body });
const remove = (name: string, asked: Asked = {}) => api.ask(`DELETE /v1/views/${name}`, asked);
const savedOf = async (as: Asked['as']) => {
  const { body } = await api.ask('GET /v1/views', { as: as! });
  return (body.value as { name: string; kind: string; query: object }[]).filter(({ kind }) => kind !== 'builtIn');
};

describe('a view of the queue', () => {
  it('is saved, saved anew and removed, each with what it was before', async () => {
    const first = await save('Phishing', { query: { STATUS: 'x' } }, { as: 'reader' });
    expect([first.status, first.code]).toEqual([400, 'invalid-request']);

    const saved = await save(
      'Phishing',
      { query: { status: 'Active', tag: ['vip'], sort: '-severity' } },
      { as: 'reader' },
    );
    expect(saved.status).toBe(200);
    expect(saved.body).toMatchObject({ name: 'Phishing', shared: false, revision: 0, events: ['ViewSaved'] });
    const query = { status: ['active'], tag: ['vip'], sort: '-severity' };
    expect(await savedOf('reader')).toEqual([
      { name: 'Phishing', kind: 'own', query, savedBy: 'reader', savedDateTime: expect.any(String) },
    ]);
    expect((await save('Phishing', { query }, { as: 'reader' })).body.events).toEqual([]);

    await save('phishing', { query: { q: 'phish' } }, { as: 'reader' });
    expect((await remove('PHISHING', { as: 'reader' })).body.events).toEqual(['ViewRemoved']);
    expect(await savedOf('reader')).toEqual([]);
    const again = await remove('phishing', { as: 'reader' });
    expect([again.status, again.code]).toEqual([404, 'unknown-view']);

    const events = [];
    for await (const { type, data } of api.log.readAll()) events.push([type, data]);
    expect(events).toEqual([
      ['ViewSaved', { name: 'Phishing', query, previous: null }],
      ['ViewSaved', { name: 'phishing', query: { q: 'phish' }, previous: query }],
      ['ViewRemoved', { name: 'phishing', previous: { q: 'phish' } }],
    ]);
  });

  it('is its actor’s own, or everybody’s where who saves it may change something', async () => {
    await save('mine only', { query: { q: 'a' } }, { as: 'analyst' });
    expect(await savedOf('responder')).toEqual([]);
    const refused = await save('for all', { query: { q: 'b' }, shared: true }, { as: 'reader' });
    expect(refused).toMatchObject({ status: 403, body: { requiredScope: 'SecurityIncident.ReadWrite.All' } });
    await save('for all', { query: { q: 'b' }, shared: true }, { as: 'analyst' });
    expect(await savedOf('reader')).toMatchObject([{ name: 'for all', kind: 'shared', savedBy: 'analyst' }]);
    expect((await remove('for%20all?shared=true', { as: 'reader' })).status).toBe(403);
    expect((await remove('for%20all', { as: 'responder' })).status).toBe(404);
    expect((await remove('for%20all?shared=true', { as: 'responder' })).status).toBe(200);
  });

  it('is saved once, however often the command comes', async () => {
    const headers = { 'idempotency-key': 'k1' };
    const body = { query: { q: 'once' } };
    const first = await save('once', body, { headers });
    await save('once', { query: { q: 'later' } });
    const repeated = await save('once', body, { headers });
    expect(repeated.body).toEqual(first.body);
    expect(repeated.headers['idempotency-replayed']).toBe('true');
    expect((await save('once', { query: {} }, { headers })).code).toBe('idempotency-key-reused');
    expect(await savedOf('analyst')).toContainEqual(expect.objectContaining({ name: 'once', query: { q: 'later' } }));
  });

  it('is one of a limited number', async () => {
    for (let n = 0; n < 100; n++) await save(`view ${n}`, { query: {} }, { as: 'admin' });
    expect(await save('view 100', { query: {} }, { as: 'admin' })).toMatchObject({
      status: 409,
      code: 'too-many-views',
      body: { limit: 100 },
    });
  });

  it('is part of a log that is sound', async () => {
    const events = api.log.readAll({ asStored: true });
    const { faults, unknown } = await verifyLog({ events, catalogue: docketEvents });
    expect([faults.count, unknown.size]).toEqual([0, 0]);
  });

  it.each([
    ['with a filter that is none', 'x', { query: { stat: 'active' } }, 'stat is not known here'],
    ['with a value that is none', 'x', { query: { severity: ['critical'] } }, 'severity must be some of'],
    ['with a page', 'x', { query: { limit: 5 } }, 'query.limit is of a page'],
    ['of a view', 'x', { query: { view: 'default' } }, 'query.view is of a page'],
    ['without a query', 'x', {}, 'query is missing'],
    ['with a long name', 'x'.repeat(65), { query: {} }, 'at most 64 characters'],
    ['with a blank name', ' ', { query: {} }, 'not blank'],
    [
      'that is huge',
      'x',
      {
        query: {
          tag: Array.from({ length: 50 }, (_, n) => `${n}`.padEnd(256, 'x')),
          category: Array.from({ length: 50 }, (_, n) => `${n}`.padEnd(300, 'x')),
        },
      },
      'at most 16384',
    ],
  ])('%s is refused', async (_, name, body, said) => {
    const answer = await save(name, body);
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining(said)]);
  });
});
