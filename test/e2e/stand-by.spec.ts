import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alertOn, report } from '../chaos/material.js';
import type { Client } from './client.js';
import { RunningDocket, healthAt } from './docket.js';
import type { RunningProjector } from './docket.js';
import { RunningProgram } from './processes.js';

describe('of two projectors on the same stores', () => {
  let docket: RunningDocket;
  let analyst: Client;
  let other: RunningProjector;
  let third: RunningProjector;

  beforeAll(async () => {
    docket = await RunningDocket.start();
    analyst = await docket.as('ann');
    other = await docket.startProjector();
  }, 90_000);
  afterAll(() => docket.stop());

  const isProjecting = async ({ address }: RunningProjector) =>
    (await healthAt(address)).projector?.state === 'projecting';
  async function untilProjecting(projector: RunningProjector, withinMs: number): Promise<void> {
    for (const end = performance.now() + withinMs; !(await isProjecting(projector)); await sleep(50))
      if (performance.now() > end) throw new Error(`It does not take over within ${withinMs} ms`);
  }

  /** Commands at every moment of it; gives back the position of the last. */
  async function commandsDuring(what: Promise<void>): Promise<string> {
    let isOver = false;
    const over = what.finally(() => (isOver = true));
    let position = '';
    for (let n = 0; !isOver; n++) {
      const opened = await analyst.post('/v1/incidents', { displayName: `Of number ${n}` });
      ({ position } = (
        await analyst.post(`/v1/incidents/${opened.body.incidentId}/comments`, { comment: 'Seen.' })
      ).body);
    }
    await over;
    return position;
  }

  it('one stands by, which is well, and says so', async () => {
    expect(await fetch(`${other.address}/health/ready`)).toMatchObject({ status: 200 });
    expect(await healthAt(other.address)).toEqual({ projector: { status: 'ok', state: 'standing-by' } });
    expect(await (await fetch(`${other.address}/metrics`)).text()).toMatch(/^docket_projector_lease_held 0$/m);
    expect(await healthAt(docket.address)).toMatchObject({ projector: { status: 'ok', state: 'projecting' } });
  });

  it('it takes over within 10 s where the other is killed, and nothing is missing', async () => {
    await docket.projector.program.stop('SIGKILL');
    const position = await commandsDuring(untilProjecting(other, 10_000));
    const { body } = await report(analyst, alertOn('stand-by'));
    expect(body.incidentId).toEqual(expect.any(String));
    expect(await analyst.after(position, '/v1/incidents?limit=1')).toMatchObject({ status: 200 });
  }, 30_000);

  it('one takes over within 2 s from one that stops in order', async () => {
    third = await docket.startProjector();
    await sleep(1_000);
    expect(await isProjecting(third)).toBe(false);
    const [position] = await Promise.all([
      commandsDuring(untilProjecting(third, 10_000)),
      other.program.stop().then(async () => untilProjecting(third, 2_000)),
    ]);
    expect(await analyst.after(position, '/v1/incidents?limit=1')).toMatchObject({ status: 200 });
  }, 30_000);

  it('what they made together is the fold of the log', async () => {
    const verify = new RunningProgram('apps/cli/main.js', ['verify'], docket.stores);
    expect({ code: await verify.ended, output: verify.output }).toMatchObject({ code: 0 });
  }, 60_000);

  it('where none is left, the API says so, and goes on', async () => {
    await third.program.stop();
    const ready = await fetch(`${docket.address}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: 'degraded', parts: { projector: { state: 'absent' } } });
    expect(await (await fetch(`${docket.address}/metrics`)).text()).toMatch(/^docket_projector_present 0$/m);
    expect(await analyst.post('/v1/incidents')).toMatchObject({ status: 201 });
  });
});
