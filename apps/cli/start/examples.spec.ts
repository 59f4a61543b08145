import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addAlerts, fits, limits, summarise } from '#incidents';
import type { AlertReport, Classification, Determination, IncidentOpened } from '#incidents';
import { ExampleNotLoaded, connector, loadExamples } from './examples.js';

interface Sent {
  readonly path: string;
  readonly key: string;
  readonly by: string;
  readonly body: Record<string, unknown>;
}
type Reply = { readonly status: number; readonly body: object; readonly headers?: Record<string, string> };

/** Answers as Docket does: a key that it has seen gets its first answer, incidents are numbered as they come. */
class FakeDocket {
  readonly requests: Sent[] = [];
  readonly done = new Map<string, Sent>();
  /** How long it thinks about each request, in milliseconds. */
  pauseMs = 0;
  underWay = 0;
  mostUnderWay = 0;
  /** May answer in place of the docket, or break the connection. */
  interfere: (sent: Sent) => Reply | 'cut' | undefined = () => undefined;
  private readonly answers = new Map<string, Reply>();
  private incidents = 0;
  private readonly server = createServer((request, response) => {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    response.once('close', () => this.underWay--);
    void read(request).then(async (sent) => {
      this.requests.push(sent);
      if (this.pauseMs > 0) await sleep(this.pauseMs);
      const reply = this.interfere(sent) ?? this.answer(sent);
      if (reply === 'cut') return void request.socket.destroy();
      const type = reply.status < 400 ? 'application/json' : 'application/problem+json';
      response.writeHead(reply.status, { 'content-type': type, ...reply.headers }).end(JSON.stringify(reply.body));
    });
  });

  async open(): Promise<string> {
    await new Promise<void>((opened) => this.server.listen(0, '127.0.0.1', opened));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private answer(sent: Sent): Reply {
    const first = this.answers.get(sent.key);
    if (first) return first;
    const incidentId =
      sent.path === '/v1/incidents' ? String(++this.incidents) : ((sent.body.incidentId as string | undefined) ?? '1');
    const reply = { status: 201, body: { incidentId, revision: 0, position: '1', events: [] } };
    this.answers.set(sent.key, reply);
    this.done.set(sent.key, sent);
    return reply;
  }
}

async function read(request: IncomingMessage): Promise<Sent> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return {
    path: request.url ?? '',
    key: String(request.headers['idempotency-key']),
    by: String(request.headers.authorization).replace('Bearer token-of-', ''),
    body: JSON.parse(text) as Record<string, unknown>,
  };
}

const tokenFor = (name: string) => Promise.resolve(`token-of-${name}`);

describe('Loading the examples', () => {
  let docket: FakeDocket;
  let api: string;

  beforeEach(async () => {
    docket = new FakeDocket();
    api = await docket.open();
  });
  afterEach(() => docket.close());

  const of = (incident: string) =>
    [...docket.done.values()].filter(({ key }) => key.startsWith(`example-${incident}-`));

  it('opens every incident, reports every alert, and says how far it is', async () => {
    const progress: string[] = [];
    const loaded = await loadExamples({ api, tokenFor, onProgress: (n, all) => progress.push(`${n}/${all}`) });

    expect(loaded).toEqual({ incidents: 12, alerts: 36 });
    expect(progress).toHaveLength(12);
    expect(progress.at(-1)).toBe('12/12');
    expect(docket.requests.filter(({ path }) => path === '/v1/incidents')).toHaveLength(12);
    expect(docket.requests.filter(({ path }) => path === '/v1/alerts')).toHaveLength(36);
  });

  it('numbers the incidents as the file does, and puts each alert into its own', async () => {
    await loadExamples({ api, tokenFor });
    const { value } = await story();
    for (const [index, { id, alerts }] of value.entries())
      for (const alert of alerts)
        expect(docket.done.get(`example-${id}-alert-${alert.id}`)?.body.incidentId).toBe(String(index + 1));
  });

  it('tells a resolved incident as its people lived it', async () => {
    await loadExamples({ api, tokenFor });
    expect(of('2936').map(({ by, path, body }) => ({ by, path, body: path === '/v1/alerts' ? '…' : body }))).toEqual([
      {
        by: connector,
        path: '/v1/incidents',
        body: { description: 'The quarterly exercise of the red team.', customTags: ['Exercise'] },
      },
      ...Array.from({ length: 3 }, () => ({ by: connector, path: '/v1/alerts', body: '…' })),
      { by: 'kim', path: '/v1/incidents/6/assign', body: { assignedTo: 'me' } },
      { by: 'kim', path: '/v1/incidents/6/start', body: {} },
      { by: 'analyst2', path: '/v1/incidents/6/comments', body: { comment: expect.stringContaining('Is this ours?') } },
      { by: 'kim', path: '/v1/incidents/6/comments', body: { comment: expect.stringContaining('RT-2026-01') } },
      {
        by: 'kim',
        path: '/v1/incidents/6/resolve',
        body: {
          classification: 'informationalExpectedActivity',
          determination: 'securityTesting',
          comment: expect.stringContaining('announced to lee'),
        },
      },
    ]);
  });

  it('resolves and comments on single alerts of an incident that stays open, and classifies it', async () => {
    await loadExamples({ api, tokenFor });
    const paths = of('2931').map(({ path }) => path);
    const phish = (await story()).value[0]!.alerts[0]!;
    expect(paths).toContain(`/v1/alerts/${phish.id}/comments`);
    expect(docket.done.get(`example-2931-alert-${phish.id}-resolve`)?.body).toEqual({
      classification: 'truePositive',
      determination: 'phishing',
    });
    expect(paths.at(-1)).toBe('/v1/incidents/1/classify');
  });

  it('leaves what people did in the source to the people: alerts are reported as new', async () => {
    await loadExamples({ api, tokenFor });
    for (const { body } of docket.requests.filter(({ path }) => path === '/v1/alerts')) {
      expect(body).toMatchObject({ status: 'new', id: expect.any(String), evidence: expect.any(Array) });
      for (const own of ['assignedTo', 'classification', 'determination', 'comments', 'resolvedDateTime'])
        expect(body).not.toHaveProperty(own);
    }
  });

  it('loads a few incidents at a time', async () => {
    docket.pauseMs = 5;
    await loadExamples({ api, tokenFor });
    expect(docket.mostUnderWay).toBeGreaterThan(1);
    expect(docket.mostUnderWay).toBeLessThanOrEqual(4);
  });

  it('sends nothing twice under another key, and nothing else under the same', async () => {
    await loadExamples({ api, tokenFor });
    const before = new Map(docket.done);
    expect(before.size).toBe(docket.requests.length);
    await loadExamples({ api, tokenFor });
    expect(docket.done).toEqual(before);
    for (const sent of docket.requests) expect(before.get(sent.key)).toEqual(sent);
  });

  it.each([1, 20, 50, 90])('completes what was cut off after %d requests', async (cutAfter) => {
    docket.interfere = () => (docket.requests.length > cutAfter ? 'cut' : undefined);
    await expect(loadExamples({ api, tokenFor })).rejects.toThrow(/did not reach http.*Load again/);
    docket.interfere = () => undefined;
    await loadExamples({ api, tokenFor });
    const done = [...docket.done.keys()].sort();

    const whole = new FakeDocket();
    await loadExamples({ api: await whole.open(), tokenFor }).finally(() => whole.close());
    expect(done).toEqual([...whole.done.keys()].sort());
  });

  it('says which step failed and what the problem was, and begins nothing new', async () => {
    const detail = 'The incident has an owner already: name the new one.';
    docket.interfere = ({ path }) =>
      path.endsWith('/assign') ? { status: 409, body: { detail, code: 'already-assigned' } } : undefined;
    const error = await loadExamples({ api, tokenFor }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExampleNotLoaded);
    expect((error as Error).message).toMatch(
      /^example-29\d\d-assign \(POST .*\/assign\) was answered 409: The incident/,
    );
    expect(docket.underWay).toBe(0);
    const asked = docket.requests.length;
    await sleep(50);
    expect(docket.requests).toHaveLength(asked);
  });

  it('asks again where an alert has no incident yet, or the store is away for a moment', async () => {
    const seen = new Set<string>();
    docket.interfere = ({ key, path }) => {
      if (path !== '/v1/alerts' || seen.has(key)) return undefined;
      seen.add(key);
      return seen.size % 2
        ? { status: 201, body: { status: 'reported', incidentId: null, position: '1' } }
        : { status: 503, body: { detail: 'The store is away.' }, headers: { 'retry-after': '0.01' } };
    };
    await expect(loadExamples({ api, tokenFor })).resolves.toEqual({ incidents: 12, alerts: 36 });
    expect(docket.requests.filter(({ path }) => path === '/v1/alerts')).toHaveLength(72);
  });
});

type Judged = { readonly classification: string | null; readonly determination: string | null };
type SourceAlert = AlertReport & { readonly incidentId: string; readonly providerAlertId: string };
type SourceIncident = Judged & {
  readonly id: string;
  readonly displayName: string;
  readonly severity: string;
  readonly status: string;
  readonly assignedTo: string | null;
  readonly alerts: readonly SourceAlert[];
};

const story = async () =>
  JSON.parse(await readFile(new URL('../../../examples/incidents.json', import.meta.url), 'utf8')) as {
    value: SourceIncident[];
  };

describe('The bundled story', () => {
  it('names and rates its incidents as Docket does', async () => {
    for (const { displayName, severity, alerts } of (await story()).value) {
      const arrivals = alerts.map((alert) => ({
        alert: summarise({ ...alert, other: {} }, 0),
        reason: { rule: 'reportedInto' as const },
      }));
      const events = addAlerts('1', arrivals)(undefined) as readonly [IncidentOpened];
      const opened = events[0].data;
      expect({ displayName: opened.displayName, severity: opened.severity }).toEqual({ displayName, severity });
    }
  });

  it('is judged with determinations that fit', async () => {
    for (const { classification, determination, alerts } of (await story()).value)
      for (const judgement of [{ classification, determination }, ...alerts])
        if (judgement.classification !== null && judgement.classification !== 'unknown')
          expect(fits(judgement.determination as Determination, judgement.classification as Classification)).toBe(true);
        else expect([null, 'unknown']).toContain(judgement.determination);
  });

  it('has ids that are unique and short enough, and no open alert in a resolved incident', async () => {
    const { value } = await story();
    const ids = value.flatMap(({ alerts }) => alerts.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(new RegExp(`^[a-z]{2}[\\w-]{1,${limits.alertId - 2}}$`));
    for (const { id, status, assignedTo, alerts } of value)
      for (const alert of alerts) {
        expect(alert).toMatchObject({ incidentId: id, assignedTo });
        if (status === 'resolved') expect(alert.status).toBe('resolved');
      }
  });

  it('takes place nowhere: example domains and documentation addresses only', async () => {
    const text = JSON.stringify((await story()).value);
    const addresses = text.match(/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g) ?? [];
    expect(addresses.length).toBeGreaterThan(20);
    for (const address of addresses) expect(address).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/);
    for (const [, host] of text.matchAll(/(?:https?:\/\/|\w@)([\w.-]+\.[a-z]+)(?![\w.])/g))
      expect(host).toMatch(/\.example$/);
  });
});
