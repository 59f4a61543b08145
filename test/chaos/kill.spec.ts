import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Client } from '../e2e/client.js';
import { describeEmbedded } from '../e2e/given-servers.js';
import { temporaryFolder } from '../e2e/processes.js';
import { alert, device } from '../e2e/reports.js';
import { aSending, send } from './load.js';
import type { Sending } from './load.js';
import { OneProcessDocket } from './one-process-docket.js';

/** How often the docket is killed, and in the middle of how much work; for a long run: `KILLS=500 npm test -- test/chaos/kill`. */
const kills = Number(process.env.KILLS ?? 3);
const commandsPerLife = process.env.KILLS === undefined ? 400 : 1_000;
const width = 16;

/** All pages of a list. */
async function all(client: Client, path: string, headers: Record<string, string> = {}): Promise<any[]> {
  const values: any[] = [];
  for (let cursor = ''; ;) {
    const { status, body } = await client.get(`${path}?limit=200${cursor}`, { headers });
    if (status === 404) return values;
    expect({ path, status }).toEqual({ path, status: 200 });
    values.push(...body.value);
    if (!body.nextCursor) return values;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}

/** Such a command is not remembered: repeated, it is decided anew. A report is remembered, but answers with where the alert is now. */
const changedNothing = ({ answer }: Sending): boolean =>
  answer?.body.value?.every(({ status }: { status: string }) => status === 'unchanged') ?? false;

describeEmbedded('a docket that is killed again and again', 'it kills its stores too', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let docket: OneProcessDocket;
  const incidentIds: string[] = [];
  const alertIds: string[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder();
    docket = new OneProcessDocket(folder.path);
    await docket.start();
    const kim = await docket.as('kim');
    for (let nth = 0; nth < 10; nth += 1) {
      const report = alert({ evidence: [device(`pc-${nth}`)] });
      const { body } = await kim.post('/v1/alerts', report);
      incidentIds.push(body.incidentId);
      alertIds.push(report.id);
    }
  }, 60_000);
  afterAll(async () => {
    await docket?.stop();
    await folder?.remove();
  });

  it(
    `loses no acknowledged command and repeats none when it is killed ${kills} times in the middle of ${commandsPerLife} commands`,
    async () => {
      const acknowledged: Sending[] = [];
      for (let life = 0; life < kills; life += 1) {
        const sendings = Array.from({ length: commandsPerLife }, () => aSending(incidentIds, alertIds));
        const deadline = Math.floor(50 + Math.random() * (commandsPerLife - 100));
        await send(await docket.as('kim'), sendings, width, (count) => {
          if (count === deadline) void docket.stop('SIGKILL');
        });
        expect(sendings.filter(({ answer }) => answer).length).toBeLessThan(commandsPerLife);

        await docket.stop('SIGKILL');
        await docket.start();
        const kim = await docket.as('kim');
        // What was on its way when it died is sent again with the same key, until somebody answers.
        const early = sendings.filter(({ answer }) => answer);
        for (let left = sendings.filter(({ answer }) => !answer); left.length > 0;) {
          await send(kim, left, width);
          left = left.filter(({ answer }) => !answer);
        }
        // Of two moves of one alert at the same moment one is refused, which is an answer too.
        for (const { path, answer } of sendings) {
          const isOvertaken = answer!.body.type === 'urn:docket:problem:alerts-moved';
          expect({ path, ok: isOvertaken || answer!.status < 300, body: answer!.body }).toMatchObject({
            path,
            ok: true,
          });
        }
        // What was acknowledged before the kill is remembered: the same key gets the same answer.
        for (const sending of early.slice(-10)) {
          if (sending.path === '/v1/alerts' || changedNothing(sending)) continue;
          const again = await kim.post(sending.path, sending.body, { headers: { 'idempotency-key': sending.key } });
          expect(again.body).toEqual(sending.answer!.body);
        }
        acknowledged.push(...sendings);
      }

      const kim = await docket.as('kim');
      const last = await kim.post('/v1/incidents', { displayName: 'The last one' });
      const ids = Array.from({ length: Number(last.body.incidentId) }, (_, index) => String(index + 1));
      const comments = new Map<string, { incidentId: string; revision: number }[]>();
      const names = new Map<string, number>();
      for (const incidentId of ids) {
        const entries = await all(kim, `/v1/incidents/${incidentId}/history`);
        expect(entries.map(({ revision }) => revision)).toEqual(entries.map((_, index) => index));
        for (const { comment, revision, type, changes } of entries) {
          if (type.endsWith('Commented'))
            comments.set(comment, [...(comments.get(comment) ?? []), { incidentId, revision }]);
          for (const { property, to } of type === 'IncidentOpened' ? changes : [])
            if (property === 'displayName') names.set(to, (names.get(to) ?? 0) + 1);
        }
      }
      for (const { comment, path, key, answer } of acknowledged) {
        if (comment !== undefined)
          expect({ comment, at: comments.get(comment) }).toEqual({
            comment,
            at: [{ incidentId: answer!.body.incidentId, revision: answer!.body.revision }],
          });
        if (path === '/v1/incidents') expect({ key, opened: names.get(key) }).toEqual({ key, opened: 1 });
      }

      // Every alert that was acknowledged is in exactly one incident, once the projections have seen all.
      const places = new Map<string, string[]>();
      for (const incidentId of ids) {
        const alerts = await all(kim, `/v1/incidents/${incidentId}/alerts`, { 'docket-after': last.body.position });
        for (const { id } of alerts) places.set(id, [...(places.get(id) ?? []), incidentId]);
      }
      for (const { alertId } of acknowledged)
        if (alertId !== undefined)
          expect({ alertId, places: places.get(alertId) }).toMatchObject({ places: [expect.any(String)] });
      expect(acknowledged.filter(({ comment }) => comment !== undefined).length).toBeGreaterThan(kills * 50);
    },
    60_000 + kills * 15_000,
  );
});
