import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiUnderTest } from '../testing/api-under-test.js';
import { Listener } from './testing/listener.js';

let api: ApiUnderTest;
let address: string;
beforeEach(async () => {
  api = await ApiUnderTest.start();
  address = `http://127.0.0.1:${await api.listen()}`;
});
afterEach(() => api.stop());

const listenTo = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
  Listener.at(address + path, { authorization: `Bearer ${await api.tokenOf('reader')}`, ...headers });

const comment = (id: string, text: string) => api.ask(`POST /v1/incidents/${id}/comments`, { body: { comment: text } });

const historyOf = async (id: string) =>
  (await api.ask(`GET /v1/incidents/${id}/history`)).body.value as { position: string; kind: string }[];

const headNow = async () => String(await api.log.head());

describe('a stream of all incidents', () => {
  it('says where it begins, then what happens, as the history tells it', async () => {
    const id = await api.openIncident();
    const head = await headNow();
    const stream = await listenTo('/v1/live');
    expect(stream.response.headers['content-type']).toBe('text/event-stream');
    expect((await stream.hears(1))[0]).toEqual({ event: 'position', id: head, data: { position: head } });

    await comment(id, 'Looks bad.\r\n\nvery: bad');
    const other = await api.openIncident();
    await stream.hears(3);
    const [said] = (await historyOf(id)).slice(-1);
    const [opened] = await historyOf(other);
    expect(stream.entries).toEqual([
      { event: 'comment', id: said!.position, data: { incidentId: id, ...said } },
      { event: 'audit', id: opened!.position, data: { incidentId: other, ...opened } },
    ]);
  });

  it('goes on behind the last message that came, wherever the address says it began', async () => {
    const id = await api.openIncident();
    for (const text of ['1', '2', '3']) await comment(id, text);
    const first = await listenTo('/v1/live?after=0');
    const heard = await first.hears(5);
    expect(first.entries.map(({ data }) => data.comment)).toEqual([undefined, '1', '2', '3']);
    await first.leave();

    await comment(id, '4');
    const second = await listenTo('/v1/live?after=0', { 'last-event-id': heard[2]!.id });
    await comment(id, '5');
    await second.hears(5);
    expect(second.entries.map(({ data }) => data.comment)).toEqual(['2', '3', '4', '5']);
  });

  it('costs the log nothing while nobody listens', async () => {
    const subscribe = jest.spyOn(api.log, 'subscribe');
    const id = await api.openIncident();
    await comment(id, 'unheard');
    expect(subscribe).not.toHaveBeenCalled();
    const streams = await Promise.all(Array.from({ length: 20 }, () => listenTo('/v1/live')));
    await comment(id, 'heard');
    await Promise.all(streams.map((stream) => stream.hears(2)));
    expect(subscribe).toHaveBeenCalledTimes(1);
  });

  it('tells its listeners when Docket stops', async () => {
    const stream = await listenTo('/v1/live');
    await stream.hears(1);
    await api.stop();
    await stream.closed;
    expect(stream.last).toMatchObject({ event: 'end', data: { because: 'stopping' } });
    expect(stream.response.complete).toBe(true);
    api = await ApiUnderTest.start();
  });

  it('answers HEAD without one', async () => {
    const token = await api.tokenOf('reader');
    const answer = await fetch(`${address}/v1/live`, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  });
});

describe('a stream of one incident', () => {
  it('tells of that one only', async () => {
    const [one, other] = [await api.openIncident(), await api.openIncident()];
    await comment(one, 'before');
    const stream = await listenTo(`/v1/incidents/${one}/live?after=0`);
    await comment(other, 'elsewhere');
    await comment(one, 'here');
    await stream.hears(4);
    expect(stream.entries.map(({ data }) => [data.incidentId, data.comment])).toEqual([
      [one, undefined],
      [one, 'before'],
      [one, 'here'],
    ]);
  });

  it('ends where the incident becomes a part of another, and is not begun again', async () => {
    const [target, source] = [await api.openIncident(), await api.openIncident()];
    const stream = await listenTo(`/v1/incidents/${source}/live`);
    await stream.hears(1);
    await api.ask('POST /v1/incidents/merge', { body: { incidentIds: [target, source] } });
    await stream.closed;
    expect(stream.entries.at(-1)).toMatchObject({ data: { type: 'IncidentMerged' } });
    const end = stream.last!;
    expect(end).toMatchObject({ event: 'end', data: { because: 'merged', redirectIncidentId: target } });

    const again = await listenTo(`/v1/incidents/${source}/live`, { 'last-event-id': end.id });
    expect(again.response.statusCode).toBe(204);

    const anew = await listenTo(`/v1/incidents/${source}/live?after=0`);
    await anew.closed;
    expect(anew.last).toEqual(end);
    expect(anew.entries).toHaveLength((await historyOf(source)).length);

    const now = await listenTo(`/v1/incidents/${source}/live`);
    await now.closed;
    expect(now.heard.map(({ event }) => event)).toEqual(['position', 'end']);
  });
});

describe('a stream that cannot be', () => {
  it.each([
    ['of an unknown incident', '/v1/incidents/999/live', {}, 404, 'unknown-incident'],
    ['of what is no incident', '/v1/incidents/x/live', {}, 404, 'unknown-incident'],
    ['from a place that is none', '/v1/live?after=now', {}, 400, 'after must be a position'],
    ['from beyond the log', '/v1/live?after=4711', {}, 400, 'after is beyond the end of the log'],
    ['after a message of another docket', '/v1/live', { 'last-event-id': '4711' }, 400, 'Last-Event-ID is beyond'],
    ['after what is no message', '/v1/live', { 'last-event-id': 'x' }, 400, 'Last-Event-ID must be the id'],
    ['for a stranger', '/v1/live', { authorization: '' }, 401, 'unauthenticated'],
    ['by another name', '/v1/live', { host: 'evil.example' }, 403, 'host-not-allowed'],
  ])('%s is a problem', async (_, path, headers, status, said) => {
    const answer = await listenTo(path, headers);
    await answer.closed;
    expect([answer.response.statusCode, answer.response.headers['content-type']]).toEqual([
      status,
      'application/problem+json',
    ]);
    expect(answer.text).toContain(said);
  });
});
