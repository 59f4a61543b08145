/** MongoDB goes away under load and comes back: the docket recovers without a restart of its own, and nothing acknowledged is missing. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { describeEmbedded } from '../e2e/given-servers.js';
import { RunningProgram, temporaryFolder } from '../e2e/processes.js';
import { OneProcessDocket } from './one-process-docket.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let mongo: RunningProgram | undefined;
let docket: OneProcessDocket | undefined;
beforeAll(async () => (folder = await temporaryFolder()));
afterAll(async () => {
  await docket?.stop();
  await mongo?.stop();
  await folder.remove();
});

async function startMongo(port: string): Promise<string> {
  mongo = new RunningProgram('libs/embedded-mongodb/main.js', ['--port', port, '--data', `${folder.path}/mongo`], {});
  return mongo.says(/(mongodb:\S+)/);
}

describeEmbedded('a docket whose MongoDB is stopped and started under load', 'it stops the server', () => {
  it('answers again by itself, and shows every incident that it acknowledged', async () => {
    const url = await startMongo('0');
    docket = new OneProcessDocket(`${folder.path}/docket`, { MONGODB_URL: url });
    await docket.start();
    const kim = await docket.as('kim');
    const opened: { id: string; position: string }[] = [];
    const statuses = new Set<number>();
    let loading = true;
    const load = ['first', 'second', 'third'].map(async (lane) => {
      while (loading) {
        const { status, body } = await kim.post('/v1/incidents', { displayName: `${lane} ${opened.length}` });
        statuses.add(status);
        if (status === 201) opened.push({ id: body.incidentId, position: body.position });
        statuses.add((await kim.get('/v1/incidents?limit=5')).status);
      }
    });
    const goesOn = async () => {
      for (const before = opened.length; opened.length < before + 5;) await setTimeout(20);
      const until = performance.now() + 60_000; // a bound for a machine that has other things to do
      let status: number;
      do status = (await kim.after(opened.at(-1)!.position, '/v1/incidents?limit=1')).status;
      while (status !== 200 && performance.now() < until);
      expect(status).toBe(200);
    };

    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      await goesOn();
      await mongo!.stop(signal);
      await setTimeout(500);
      await startMongo(new URL(url).port);
    }
    await goesOn();
    loading = false;
    await Promise.all(load);

    // Without a database there is no queue, which is said; nothing hangs and nothing is a fault of the docket.
    expect([...statuses].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    for (const { id, position } of opened) expect((await kim.after(position, `/v1/incidents/${id}`)).status).toBe(200);
    expect((await kim.after(opened.at(-1)!.position, '/v1/incidents?limit=1')).body.total).toBe(opened.length);
  }, 240_000);
});
