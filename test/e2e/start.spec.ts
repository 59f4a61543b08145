import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from './client.js';
import { describeEmbedded } from './given-servers.js';
import { RunningProgram, temporaryFolder } from './processes.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let running: RunningProgram | undefined;
beforeAll(async () => (folder = await temporaryFolder()));
afterAll(async () => {
  await running?.stop();
  await folder?.remove();
});

const docket = (args: string[], settings: Record<string, string> = {}) =>
  new RunningProgram('apps/cli/main.js', args, { DOCKET_DATA: `${folder.path}/data`, DOCKET_PORT: '0', ...settings });

/** Starts it and waits until it says all that it has to say. */
async function start(): Promise<{ address: string; token: string; tries: string[] }> {
  running = docket(['start']);
  await running.says(/Three things to try:\s+curl.+\s+curl.+\s+curl.+\s/);
  return {
    address: await running.says(/ready: (\S+)/),
    token: await running.says(/export TOKEN=(\S+)/),
    tries: running.output.split('\n').filter((line) => line.startsWith('curl')),
  };
}

/** Does what a line with curl does. */
async function doAsShown(line: string, token: string): Promise<{ status: number; body: any }> {
  const address = new URL(/(http:[^"\s]+)/.exec(line)![1]!);
  const body = /-d '([^']+)'/.exec(line)?.[1];
  const client = new Client(address.origin, token);
  const path = address.pathname + address.search;
  return body === undefined ? client.get(path) : client.post(path, undefined, { raw: body });
}

describeEmbedded('docket start', 'it is tried with stores in a folder of its own', () => {
  it('on a new folder loads the examples, and what it shows to try works', async () => {
    const { address, token, tries } = await start();
    const { body } = await new Client(address, token).get('/v1/incidents?limit=200');
    expect(body.total).toBe(12);
    const answers: { status: number; body: any }[] = [];
    for (const line of tries) answers.push(await doAsShown(line, token));
    const [queue, assigned, history] = answers as [(typeof answers)[0], (typeof answers)[0], (typeof answers)[0]];
    expect(queue.body.value.length).toBeGreaterThan(0);
    expect(assigned).toMatchObject({ status: 200, body: { events: ['IncidentAssigned'] } });
    expect(history.body.value[0]).toMatchObject({ type: 'IncidentAssigned', actor: { id: 'analyst1' } });
  }, 60_000);

  it('refuses a folder that is in use, and a port that is taken, in one sentence', async () => {
    const second = docket(['start']);
    expect(await second.ended).toBe(1);
    expect(second.output).toMatch(/^docket: The event store in .* is in use by process \d+/);
    const port = new URL(await running!.says(/ready: (\S+)/)).port;
    const third = docket(['start'], { DOCKET_DATA: `${folder.path}/other`, DOCKET_PORT: port, DOCKET_EXAMPLES: 'off' });
    expect(await third.ended).toBe(1);
    expect(third.output).toContain('set DOCKET_PORT to another one');
  }, 60_000);

  it('names every setting that is wrong', async () => {
    const mistaken = docket(['start'], { DOCKET_PORT: 'http', DOCKET_EXAMPLE: 'off' });
    expect(await mistaken.ended).toBe(1);
    expect(mistaken.output).toMatch(
      /DOCKET_EXAMPLE is not a setting; did you mean DOCKET_EXAMPLES\?[^]*DOCKET_PORT is "http"/,
    );
  });

  it('stops when it is asked to, and has everything when it starts again', async () => {
    expect(await running!.stop('SIGTERM')).toBe(0);
    const { address, token } = await start();
    const { body } = await new Client(address, token).get('/v1/incidents?limit=200');
    expect(body.total).toBe(12);
  }, 60_000);
});

describeEmbedded('docket token', 'it goes with docket start', () => {
  it('prints a token as the last line, which the running docket takes', async () => {
    const printing = docket(['token', '--as', 'rea', '--role', 'reader']);
    expect(await printing.ended).toBe(0);
    const token = printing.output.trim().split('\n').at(-1)!;
    const client = new Client(await running!.says(/ready: (\S+)/), token);
    expect((await client.get('/v1/incidents')).status).toBe(200);
    expect((await client.post('/v1/incidents', {})).status).toBe(403);
  });

  it('says which roles there are', async () => {
    const mistaken = docket(['token', '--as', 'rea', '--role', 'king']);
    expect(await mistaken.ended).toBe(2);
    expect(mistaken.output).toContain('reader, auditor, analyst, responder, admin');
  });
});
