import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { Listener } from '../../apps/api/live/testing/listener.js';
import { OneProcessDocket } from '../chaos/one-process-docket.js';
import type { Client } from './client.js';
import { describeEmbedded } from './given-servers.js';
import { temporaryFolder } from './processes.js';

describeEmbedded('what happens, as it happens', 'Docket is killed together with its stores', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let docket: OneProcessDocket;
  let analyst: Client;
  const settings = { DOCKET_PORT: '0' };

  beforeAll(async () => {
    folder = await temporaryFolder();
    docket = new OneProcessDocket(folder.path, settings);
    await docket.start();
    settings.DOCKET_PORT = new URL(docket.address).port;
    analyst = await docket.as('ann');
  }, 60_000);
  afterAll(async () => {
    await docket.stop();
    await folder.remove();
  });

  const open = async (): Promise<string> => (await analyst.post('/v1/incidents')).body.incidentId;
  const say = (id: string, comment: string) => analyst.post(`/v1/incidents/${id}/comments`, { comment });

  /** A client that comes again by itself; it remembers the revisions it heard of. */
  function listen(path: string) {
    const heard: string[] = [];
    const source = new EventSource(analyst.address + path, {
      fetch: (url, init) =>
        fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${analyst.token}` } }),
    });
    const begun = new Promise((resolve) => source.addEventListener('position', resolve, { once: true }));
    for (const kind of ['audit', 'comment'])
      source.addEventListener(kind, ({ data, lastEventId }) => {
        const { incidentId, revision, position } = JSON.parse(data);
        heard.push(`${incidentId}@${revision}`);
        expect(lastEventId).toBe(position);
      });
    return { heard, source, begun };
  }

  async function until(holds: () => boolean, what: () => unknown, timeoutMs = 20_000): Promise<void> {
    for (const end = performance.now() + timeoutMs; !holds();) {
      if (performance.now() > end) throw new Error(`Not in time: ${JSON.stringify(what())}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('reaches a client once and in order, though Docket is killed and started again', async () => {
    const [one, other] = [await open(), await open()];
    const [all, single] = [listen('/v1/live?after=0'), listen(`/v1/incidents/${one}/live?after=0`)];
    await Promise.all([all.begun, single.begun]);
    for (const id of [one, other, one]) await say(id, 'before');

    await docket.stop('SIGKILL');
    await docket.start();
    for (const id of [other, one, one]) await say(id, 'after');

    const expected = [one, other]
      .map((id) => `${id}@0`)
      .concat([`${one}@1`, `${other}@1`, `${one}@2`], [`${other}@2`, `${one}@3`, `${one}@4`]);
    await until(
      () => all.heard.length >= expected.length && single.heard.length >= 5,
      () => [all.heard, single.heard],
    );
    expect(all.heard).toEqual(expected);
    expect(single.heard).toEqual(expected.filter((place) => place.startsWith(`${one}@`)));
    all.source.close();
    single.source.close();
  }, 60_000);

  it('is held back for nobody: who does not read is cut off, and goes on where they were', async () => {
    const id = await open();
    const headers = { authorization: `Bearer ${analyst.token}` };
    const path = `${analyst.address}/v1/incidents/${id}/live`;
    const slow = await Listener.at(path, headers);
    await slow.hears(1);
    slow.response.pause();
    const said = 120; // more than the connection itself can hold
    for (let n = 0; n < said; n += 20) await Promise.all(Array.from({ length: 20 }, () => say(id, '𝄞'.repeat(30_000))));
    slow.response.resume();
    await slow.closed;
    expect(slow.entries.length).toBeLessThan(said);

    const resumed = await Listener.at(path, { ...headers, 'last-event-id': slow.last!.id });
    await resumed.hears(1 + said - slow.entries.length, 20_000);
    const revisions = [...slow.entries, ...resumed.entries].map(({ data }) => data.revision);
    expect(revisions).toEqual(Array.from({ length: said }, (_, n) => n + 1));
    await resumed.leave();
  }, 60_000);

  it('does not hold up a stop', async () => {
    const stream = await Listener.at(`${analyst.address}/v1/live`, { authorization: `Bearer ${analyst.token}` });
    await stream.hears(1);
    const begin = performance.now();
    await docket.stop();
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(stream.last).toMatchObject({ event: 'end', data: { because: 'stopping' } });
  }, 30_000);
});
