import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../testing/api-under-test.js';

describe('the server', () => {
  let api: ApiUnderTest;
  let port: number;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    port = await api.listen();
  });
  afterAll(() => api.stop());

  /** Sends bytes as they are, and gives back all that comes until the connection ends. */
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (data) => (answer += String(data)));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });

  it('answers what is no HTTP with a problem', async () => {
    expect(await raw('EHLO docket\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"status":400/);
  });

  it('answers headers that are too large with a problem', async () => {
    const large = `GET /health/live HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`;
    expect(await raw(large)).toMatch(/^HTTP\/1\.1 431 [^]*urn:docket:problem:header-fields-too-large/);
  });

  it('answers what is under way before it stops', async () => {
    const slow = await ApiUnderTest.start();
    const address = `http://127.0.0.1:${await slow.listen()}/v1/incidents`;
    const append = slow.log.append.bind(slow.log);
    const started = new Promise<void>((resolve) => {
      slow.log.append = async (...given) => {
        resolve();
        await sleep(300);
        return append(...given);
      };
    });
    const headers = { authorization: `Bearer ${await slow.tokenOf('analyst')}`, 'content-type': 'application/json' };
    const answer = fetch(address, { method: 'POST', headers, body: '{}' });
    await started;
    const stopped = slow.stop();
    expect((await answer).status).toBe(201);
    await stopped;
    await expect(fetch(address, { headers })).rejects.toThrow();
  });
});
