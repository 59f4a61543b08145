import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DocketClient, ProblemAnswer } from './docket-client.js';
import { pagesOf } from './pages.js';

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly key: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}
type Reply = (response: ServerResponse, request: IncomingMessage) => void;

let asked: Asked[];
/** What is answered, in turn; the last again and again. */
let replies: Reply[];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const { url = '', method = '', headers } = request;
    asked.push({
      url,
      method,
      key: headers['idempotency-key'] as string | undefined,
      authorization: headers.authorization,
      body,
    });
    (replies.length > 1 ? replies.shift()! : replies[0]!)(response, request);
  });
});

const json =
  (status: number, body: object, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const problem = (status: number, code: string, more: object = {}, headers: Record<string, string> = {}): Reply =>
  json(status, { type: `urn:docket:problem:${code}`, title: `Title of ${code}`, status, ...more }, headers);
const cut: Reply = (_response, request) => request.socket.destroy();

let client: DocketClient;
let url: string;
beforeEach(async () => {
  [asked, replies] = [[], [json(200, { fine: true })]];
  await new Promise<void>((opened) => server.listen(0, '127.0.0.1', opened));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new DocketClient({ url, token: 'secret' });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as ProblemAnswer,
  );

describe('a query', () => {
  it('says who asks, repeats lists and leaves out what is undefined', async () => {
    expect(await client.get('/v1/incidents', { status: ['active', 'resolved'], limit: 5, q: undefined })).toEqual({
      fine: true,
    });
    expect(asked).toMatchObject([
      { url: '/v1/incidents?status=active&status=resolved&limit=5', authorization: 'Bearer secret', key: undefined },
    ]);
  });

  it('comes page by page, the next with the cursor of the one before', async () => {
    replies = [json(200, { value: [1, 2], nextCursor: 'c&d' }), json(200, { value: [], nextCursor: 'e' })];
    replies.push(json(200, { value: [3], nextCursor: null }));
    const pages: unknown[] = [];
    for await (const page of pagesOf(client, '/v1/x', { kind: 'audit' })) pages.push(page);
    expect(pages).toEqual([[1, 2], [3]]);
    expect(asked.map((each) => each.url)).toEqual([
      '/v1/x?limit=200&kind=audit',
      '/v1/x?limit=200&kind=audit&cursor=c%26d',
      '/v1/x?limit=200&kind=audit&cursor=e',
    ]);
  });
});

describe('a command', () => {
  it('is sent again under the same key after the seconds that a 503 gives', async () => {
    replies = [problem(503, 'store-unavailable', {}, { 'retry-after': '1' }), json(201, { incidentId: '1' })];
    const began = performance.now();
    expect(await client.post('/v1/incidents', { displayName: 'x' })).toEqual({ incidentId: '1' });
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[0]!.key).toMatch(/^[\w-]{36}$/);
  });

  it('is sent again under the same key where its outcome is unknown, or the connection was cut', async () => {
    replies = [cut, problem(504, 'outcome-unknown', {}, { 'retry-after': '0' }), cut, json(200, {})];
    await client.post('/v1/incidents/1/comments', { comment: 'Once' }, { key: 'mine' });
    expect(asked.map(({ key, body }) => [key, body])).toEqual(
      Array.from({ length: 4 }, () => ['mine', '{"comment":"Once"}']),
    );
  });

  it('has a key of its own, which no other command has', async () => {
    await client.post('/v1/incidents', {});
    await client.post('/v1/incidents', {});
    expect(new Set(asked.map(({ key }) => key)).size).toBe(2);
  });

  it('is given up after five attempts: the same command may work later', async () => {
    replies = [problem(503, 'store-unavailable', {}, { 'retry-after': '0' })];
    expect(await errorOf(client.post('/v1/incidents', {}))).toMatchObject({ exitCode: 3, code: 'store-unavailable' });
    expect(asked).toHaveLength(5);
  });
});

describe('a problem', () => {
  it('is told with its advice, once, and is not asked again', async () => {
    replies = [problem(409, 'already-assigned', { detail: 'Name the new owner.', assignedTo: 'lee' })];
    const error = await errorOf(client.post('/v1/incidents/1/assign', { assignedTo: 'me' }));
    expect(error).toBeInstanceOf(ProblemAnswer);
    expect(error).toMatchObject({
      status: 409,
      code: 'already-assigned',
      exitCode: 1,
      message: 'Title of already-assigned. Name the new owner.',
      problem: { assignedTo: 'lee' },
    });
    expect(asked).toHaveLength(1);
  });

  it('lists every mistake on a line of its own', async () => {
    const errors = [
      { in: 'query', name: 'limit', message: 'must be at most 200' },
      { in: 'query', name: 'asOf', message: 'must be a time with its zone' },
    ];
    replies = [problem(400, 'invalid-request', { detail: 'Correct it.', errors })];
    expect((await errorOf(client.get('/v1/incidents')))!.message).toBe(
      'Title of invalid-request:\n  limit must be at most 200\n  asOf must be a time with its zone',
    );
  });

  it('may come from something before Docket, which knows nothing of problems', async () => {
    replies = [(response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>')];
    expect(await errorOf(client.get('/v1/incidents'))).toMatchObject({ message: 'The answer was 404', exitCode: 1 });
  });
});

describe('a docket that does not answer', () => {
  it('is told at once where nobody listens', async () => {
    const { port } = new URL(url);
    await new Promise((closed) => server.close(closed));
    const began = performance.now();
    const error = await errorOf(client.get('/v1/incidents'));
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(error).toMatchObject({ exitCode: 3, message: `http://127.0.0.1:${port} does not answer (ECONNREFUSED)` });
    await new Promise<void>((opened) => server.listen(0, '127.0.0.1', opened));
  });

  it('is told where it cuts every connection', async () => {
    replies = [cut];
    expect(await errorOf(client.get('/v1/incidents'))).toMatchObject({ exitCode: 3 });
    expect(asked).toHaveLength(5);
  });
});

describe('an answer of lines', () => {
  const read = async (lines: AsyncIterable<string>) => {
    const all: string[] = [];
    for await (const line of lines) all.push(line);
    return all;
  };

  it('comes line by line, whole characters whatever the pieces', async () => {
    const bytes = Buffer.from('{"name":"Grüße"}\n\n{"name":"端末"}\n');
    replies = [
      (response) => {
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        for (const byte of bytes) response.write(Buffer.of(byte));
        response.end();
      },
    ];
    expect(await read(client.lines('/v1/events'))).toEqual(['{"name":"Grüße"}', '{"name":"端末"}']);
  });

  it('that is cut off in the middle is not taken for a whole one', async () => {
    replies = [
      (response) => {
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        response.write('{"position":"1"}\n', () => setTimeout(() => response.destroy(), 50));
      },
    ];
    expect(await errorOf(read(client.lines('/v1/events')))).toMatchObject({ exitCode: 3 });
  });

  it('need not be read to its end', async () => {
    let closed!: Promise<unknown>;
    replies = [
      (response) => {
        closed = new Promise((resolve) => response.once('close', resolve));
        const more = () => void (response.destroyed || response.write('{"x":1}\n', () => setImmediate(more)));
        more();
      },
    ];
    for await (const line of client.lines('/v1/events')) {
      expect(line).toBe('{"x":1}');
      break;
    }
    await closed;
  });

  it('is refused as any other', async () => {
    replies = [problem(403, 'forbidden')];
    expect(await errorOf(read(client.lines('/v1/events')))).toMatchObject({ code: 'forbidden' });
  });
});
