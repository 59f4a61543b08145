import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../testing/api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
  await api.correlate();
});
afterAll(() => api.stop());

/** As text, for a literal would set the prototype. */
const odd = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
const anAlert = (id: string) =>
  `{"id":"${id}","title":"T","evidence":[${odd}],"additionalData":${odd},"__proto__":${odd}}`;

async function reportOf(alertId: string): Promise<string> {
  for await (const { data } of api.log.read(`alert-${alertId}`))
    return JSON.stringify((data as { report: object }).report);
  return '';
}

function expectCleanPrototypes(): void {
  expect([({} as { polluted?: 1 }).polluted, Object.keys(Object.prototype)]).toEqual([undefined, []]);
}

describe('a name that objects have from birth', () => {
  it('is a name like any other in alerts, and stops none that come along', async () => {
    const text = `[${anAlert('a1')},{"id":"a2","title":"T"}]`;
    const { body } = await api.ask('POST /v1/alerts', { text });
    expect(body.value).toMatchObject([{ status: 'reported' }, { status: 'reported' }]);
    expect(await reportOf('a1')).toContain(`"evidence":[${odd}]`);
    expect(JSON.parse(await reportOf('a1'))).toMatchObject({
      other: JSON.parse(`{"additionalData":${odd}}`) as object,
    });
    expect(await reportOf('a1')).toContain(`"__proto__":${odd}`);
    expect((await api.ask('POST /v1/alerts', { text })).body.value).toMatchObject([
      { status: 'unchanged' },
      { status: 'unchanged' },
    ]);
    expectCleanPrototypes();
  });

  it('is so in an incident that is imported, and in another version of it', async () => {
    const incident = (more: string) =>
      `{"incident":{"id":"1923","displayName":"N","status":"active","createdDateTime":"2026-01-01T00:00:00Z","alerts":[${anAlert('b1')}],"odd":${odd}${more}}}`;
    const bring = (text: string) => api.ask('POST /v1/incidents/import', { as: 'admin', text });
    expect((await bring(incident(''))).body).toMatchObject({ outcome: 'imported', alerts: [{ outcome: 'imported' }] });
    const again = await bring(incident(`,"__proto__":${odd}`));
    expect(JSON.stringify(again.body.differences)).toBe(`[{"property":"__proto__","here":null,"there":${odd}}]`);
    expectCleanPrototypes();
  });

  it('is unknown to a command, as any other that it does not name', async () => {
    const text = '{"displayName":"N","__proto__":{"assignedTo":"me"}}';
    const { status, code } = await api.ask('POST /v1/incidents', { text });
    expect([status, code]).toEqual([400, 'invalid-request']);
  });
});

describe('text that was cut in the middle of a character', () => {
  it.each([
    ['POST /v1/incidents', '{"displayName":"a\\ud800"}'],
    ['POST /v1/incidents', '{"customTags":["\\udfff"]}'],
    ['POST /v1/incidents/1/comments', '{"comment":"\\ud83d"}'],
  ])('is refused by %s', async (route, text) => {
    await api.openIncident();
    const answer = await api.ask(route, { text });
    expect([answer.code, answer.body.detail]).toEqual(['invalid-request', expect.stringContaining('half a character')]);
  });

  it('is mended in an alert', async () => {
    await api.ask('POST /v1/alerts', { text: '{"id":"c1","title":"z\\ud800","additionalData":{"\\udc00":1}}' });
    expect(JSON.parse(await reportOf('c1'))).toMatchObject({ title: 'z�', other: { additionalData: { '�': 1 } } });
  });
});

describe('what is nested very deep', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

  it('is refused, and the others are not', async () => {
    const text = `[{"id":"d1","title":"T","additionalData":${deep}},{"id":"d2","title":"T"}]`;
    expect((await api.ask('POST /v1/alerts', { text })).body.value).toMatchObject([
      { status: 'refused', id: 'd1', problem: { type: 'urn:docket:problem:invalid-request' } },
      { status: 'reported', id: 'd2' },
    ]);
    // Whether it came before under this key cannot be told: nothing is done.
    const keyed = await api.ask('POST /v1/alerts', { text, headers: { 'idempotency-key': 'deep' } });
    expect([keyed.code, keyed.body.detail]).toEqual(['invalid-request', 'The body is nested too deep.']);
  });

  it('is refused in an import, whose other alerts come along', async () => {
    const alerts = `[{"id":"e1","title":"T","additionalData":${deep}},{"id":"e2","title":"T"}]`;
    const text = `{"incident":{"id":"55","displayName":"N","status":"active","alerts":${alerts}}}`;
    const { body } = await api.ask('POST /v1/incidents/import', { as: 'admin', text });
    expect(body.alerts).toMatchObject([{ outcome: 'refused' }, { outcome: 'imported' }]);
  });
});
