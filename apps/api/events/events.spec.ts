import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readEventLine } from '#audit';
import { StoreUnavailable } from '#event-store';
import type { RecordedEvent } from '#event-store';
import { ApiUnderTest } from '../testing/api-under-test.js';

let api: ApiUnderTest;
let address: string;
beforeEach(async () => {
  api = await ApiUnderTest.start();
  address = `http://127.0.0.1:${await api.listen()}/v1/events`;
});
afterEach(() => api.stop());

const asAuditor = async () => ({ authorization: `Bearer ${await api.tokenOf('auditor')}` });

/** The events of an answer, and the position of its end. */
async function ask(query = ''): Promise<{ events: RecordedEvent[]; end: string }> {
  const answer = await fetch(`${address}?${query}`, { headers: await asAuditor() });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  const lines = (await answer.text()).split('\n');
  expect(lines.pop()).toBe('');
  const { end } = JSON.parse(lines.pop()!) as { end: { position: string } };
  return { events: lines.map(readEventLine), end: end.position };
}

async function everything(): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of api.log.readAll({ asStored: true })) events.push(event);
  return events;
}

/** An answer as it comes, once its first bytes are there; it is not read on by itself. */
async function begin(query = ''): Promise<IncomingMessage> {
  const headers = await asAuditor();
  return new Promise((resolve, reject) => get(`${address}?${query}`, { headers }, resolve).on('error', reject));
}

async function textOf(answer: IncomingMessage): Promise<{ text: string; whole: boolean }> {
  let text = '';
  answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  await new Promise((resolve) => answer.on('error', () => {}).on('close', resolve));
  return { text, whole: answer.complete };
}

/** A log of as many events as are asked for, of 1,000 characters each; says how many were read, and whether the reading has ended. */
function endless(until = Infinity, then: () => Promise<void> = async () => {}) {
  let end: () => void;
  const reading = { read: 0, hasEnded: false, ended: new Promise<void>((resolve) => (end = resolve)) };
  api.log.readAll = async function* ({ signal } = {}) {
    try {
      while (reading.read < until && !signal?.aborted) {
        if (++reading.read % 100 === 0) await sleep(1);
        const place = { stream: 's', revision: reading.read, position: BigInt(reading.read) };
        const metadata = {} as RecordedEvent['metadata'];
        yield { ...place, id: crypto.randomUUID(), type: 'Noted', data: { text: 'x'.repeat(1_000) }, metadata };
      }
      await then();
    } finally {
      reading.hasEnded = true;
      end();
    }
  };
  return reading;
}

describe('the log', () => {
  it('is there for auditors and admins, and for nobody else', async () => {
    for (const role of ['reader', 'analyst', 'responder'] as const)
      expect(await api.ask('GET /v1/events', { as: role })).toMatchObject({
        status: 403,
        body: { requiredScope: 'AuditLog.Read.All' },
      });
    for (const role of ['auditor', 'admin'] as const) {
      const headers = { authorization: `Bearer ${await api.tokenOf(role)}` };
      expect((await fetch(address, { headers })).status).toBe(200);
    }
  });

  it('is empty where nothing happened, and says so', async () => {
    expect(await ask()).toEqual({ events: [], end: '0' });
    expect(await ask('stream=incident-7&after=3')).toEqual({ events: [], end: '3' });
  });

  it('shows every event as it is stored, with who did it', async () => {
    const id = await api.openIncident({ displayName: 'Phishing' });
    await api.ask(`POST /v1/incidents/${id}/assign`, { as: 'responder', body: { assignedTo: 'me' } });
    const { events, end } = await ask();
    expect(events).toEqual(await everything());
    expect(end).toBe(String(await api.log.head()));
    expect(events.at(-1)).toMatchObject({
      stream: `incident-${id}`,
      type: 'IncidentAssigned',
      data: { assignedTo: 'responder' },
      metadata: { actor: { id: 'responder' } },
    });
  });

  it('is filtered by stream, type, actor, time and position', async () => {
    const id = await api.openIncident();
    await api.openIncident();
    await api.ask(`POST /v1/incidents/${id}/comments`, { as: 'responder', body: { comment: 'seen' } });
    const all = await everything();
    const last = all.at(-1)!;
    const expectOnly = async (query: string, keep: (event: RecordedEvent) => boolean) => {
      const kept = all.filter(keep);
      expect([query, kept.length > 0 && kept.length < all.length]).toEqual([query, true]);
      expect([query, (await ask(query)).events]).toEqual([query, kept]);
    };
    await expectOnly(`stream=incident-${id}`, ({ stream }) => stream === `incident-${id}`);
    await expectOnly('stream=incident-*', ({ stream }) => stream.startsWith('incident-'));
    await expectOnly('type=IncidentOpened&type=IncidentCommented', ({ type }) =>
      ['IncidentOpened', 'IncidentCommented'].includes(type),
    );
    await expectOnly('actor=responder', ({ metadata }) => metadata.actor.id === 'responder');
    await expectOnly('after=2&upTo=4', ({ position }) => position > 2n && position <= 4n);
    await expectOnly('limit=3', ({ position }) => position <= 3n);
    const at = encodeURIComponent(last.metadata.at);
    expect((await ask(`from=${at}`)).events).toContainEqual(last);
    expect((await ask(`to=${at}`)).events).not.toContainEqual(last);
    expect(await ask(`to=2020-01-01T00:00:00Z`)).toEqual({ events: [], end: String(last.position) });
  });

  it('is read in pieces that give every event once, also while more happens', async () => {
    const pieces: RecordedEvent[] = [];
    let after = '0';
    for (let turn = 0; ; turn++) {
      if (turn < 5) await api.openIncident();
      const { events, end } = await ask(`after=${after}&limit=2`);
      if (events.length === 0) break;
      pieces.push(...events);
      after = end;
    }
    expect(pieces.length).toBeGreaterThan(10);
    expect(pieces).toEqual(await everything());
  });

  it.each([
    ['type', 'limit=0', 'limit must be at least 1'],
    ['limit', 'limit=100001', 'limit must be at most 100000'],
    ['position', 'after=-1', 'after must be a position'],
    ['position that cannot be', 'upTo=9223372036854775808', 'upTo must be a position'],
    ['time without a zone', 'from=2026-01-01T00:00:00', 'from must be a time with its zone'],
    ['day that does not exist', 'to=2026-02-30T00:00:00Z', 'to must be a time with its zone'],
    ['stream of the store itself', 'stream=$settings', 'stream must be the name of a stream of incidents or alerts'],
    ['star in the middle', 'stream=incident-*-1', 'stream must be'],
    ['parameter', 'streams=incident-1', 'streams is not known here'],
  ])('refuses a wrong %s: %s', async (_, query, detail) => {
    const answer = await api.ask(`GET /v1/events?${query}`, { as: 'auditor' });
    expect([answer.status, answer.code]).toEqual([400, 'invalid-request']);
    expect(answer.body.detail).toContain(detail);
  });
});

describe('an answer of the log', () => {
  it('is not read ahead of a client that is slow, and nothing is read for one that has left', async () => {
    const reading = endless();
    const answer = await begin();
    let before: number;
    do {
      before = reading.read;
      await sleep(100);
    } while (reading.read > before);
    expect(reading.hasEnded).toBe(false);
    answer.destroy();
    await reading.ended;
  });

  it('is not looked for any longer when the client has left, where nothing matches', async () => {
    const reading = endless();
    const leaving = new AbortController();
    const asked = fetch(`${address}?type=Never`, { headers: await asAuditor(), signal: leaving.signal });
    await sleep(100);
    expect(reading.hasEnded).toBe(false);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await reading.ended;
  });

  it('is cut off without its last line where the store fails in the middle, and the failure is logged', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    endless(500, () => Promise.reject(new StoreUnavailable('no answer within 10 ms')));
    const { text, whole } = await textOf(await begin('limit=1000'));
    expect(whole).toBe(false);
    expect(text).toContain('"position":"1"');
    expect(text).not.toContain('"end"');
    expect(logged).toHaveBeenCalledWith(expect.any(StoreUnavailable));
    logged.mockRestore();
  });

  it('is a problem where the store fails before the first line', async () => {
    endless(0, () => Promise.reject(new StoreUnavailable('no answer within 10 ms')));
    const answer = await fetch(address, { headers: await asAuditor() });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ type: 'urn:docket:problem:store-unavailable' });
    expect(answer.headers.get('retry-after')).toBe('2');
  });

  it('does not hold up a stop: it is cut off', async () => {
    const reading = endless();
    const answer = await begin();
    await api.stop();
    await reading.ended;
    const { text, whole } = await textOf(answer);
    expect(whole).toBe(false);
    expect(text).not.toContain('"end"');
    api = await ApiUnderTest.start();
  });

  it('to HEAD reads no log', async () => {
    const reading = endless();
    const answer = await fetch(address, { method: 'HEAD', headers: await asAuditor() });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    await sleep(50);
    expect(reading.read).toBe(0);
  });
});
