/** `npm run bench:big`: an incident of 10,000 alerts beside one of 10, in turns. README.md says how to read it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile } from './load.js';
import { processorSeconds } from './processor-time.js';
import { startDocket } from './running-docket.js';

const alertsOfBig = Number(process.env.ALERTS ?? 10_000);
const alertsOfSmall = 10;
/** Of each incident; one of three commands each. */
const changes = Number(process.env.CHANGES ?? 1_200);
const inTurn = 120;
const arrivalsPerSecond = 10;

const folder = mkdtempSync(join(tmpdir(), 'docket-bench-'));
const { child: docket, address, token } = await startDocket(folder);

interface Answer {
  readonly incidentId: string;
  readonly position: string;
  readonly events: readonly string[];
}

/** An incident, its alerts, and what was measured of it. */
interface Measured {
  readonly name: string;
  readonly incidentId: string;
  readonly alerts: number;
  done: number;
  processorMs: number[];
  readonly latencies: number[];
  readonly historyPages: number[];
}

/** Every alert is about a device that no other alert is about. */
const alertOf = (name: string, nth: number, incidentId?: string) => ({
  id: `${name}-${nth}`,
  title: 'Suspicious PowerShell command line',
  severity: 'medium',
  status: 'new',
  category: 'Execution',
  serviceSource: 'microsoftDefenderForEndpoint',
  detectionSource: 'microsoftDefenderForEndpoint',
  createdDateTime: '2026-01-01T12:00:00Z',
  evidence: [
    {
      '@odata.type': '#microsoft.graph.security.deviceEvidence',
      mdeDeviceId: `73e7e2de709dff64ef64b1d0c30e67fab6327${name}${nth}`,
      deviceDnsName: `pc-${name}-${nth}.northwind.example`,
    },
  ],
  ...(incidentId && { incidentId }),
});

try {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const send = async <T>(path: string, init: RequestInit): Promise<T> => {
    const response = await fetch(address + path, init);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const post = <T = Answer>(path: string, body: unknown) =>
    send<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
  /** When a projector that was much behind has caught up. */
  const shown = async (path: string, position: string): Promise<void> => {
    for (let left = 60; ; left -= 1) {
      const { status } = await fetch(address + path, { headers: { ...headers, 'docket-after': position } });
      if (status === 200) return;
      if (left === 0) throw new Error(`${path} is not shown up to ${position}`);
    }
  };

  const made = async (name: string, alerts: number): Promise<Measured> => {
    const { incidentId } = await post('/v1/incidents', { displayName: `The ${name} one` });
    let position = '0';
    for (let from = 0; from < alerts; from += 250) {
      const array = Array.from({ length: Math.min(250, alerts - from) }, (_, nth) =>
        alertOf(name, from + nth, incidentId),
      );
      const { value } = await post<{ value: { status: string; position: string }[] }>('/v1/alerts', array);
      if (value.some(({ status }) => status !== 'reported')) throw new Error('an alert was refused');
      position = value.at(-1)!.position;
    }
    await shown(`/v1/incidents/${incidentId}/alerts?limit=1`, position);
    await shown(`/v1/incidents/${incidentId}`, position);
    return { name, incidentId, alerts, done: 0, processorMs: [], latencies: [], historyPages: [] };
  };
  const commands = ['start', 'resolve', 'reopen'] as const;
  /** Some changes of status, until they are shown. */
  const change = async (incident: Measured): Promise<void> => {
    const before = processorSeconds(docket.pid!);
    let position = '0';
    for (let nth = 0; nth < inTurn; nth += 1, incident.done += 1) {
      const alert = (Math.floor(incident.done / commands.length) * 997) % incident.alerts;
      const sent = performance.now();
      const answer = await post(
        `/v1/alerts/${incident.name}-${alert}/${commands[incident.done % commands.length]}`,
        {},
      );
      incident.latencies.push(performance.now() - sent);
      if (answer.events.length !== 1) throw new Error(`${answer.events.length} events`);
      ({ position } = answer);
    }
    await shown(`/v1/incidents/${incident.incidentId}`, position);
    await shown(`/v1/incidents/${incident.incidentId}/alerts?limit=1`, position);
    incident.processorMs.push(((processorSeconds(docket.pid!) - before) * 1_000) / inTurn);
  };
  const forget = (incident: Measured) => {
    incident.processorMs.length = 0;
    incident.latencies.length = 0;
  };
  const history = async (incident: Measured, parameters: string): Promise<void> => {
    const sent = performance.now();
    await send(`/v1/incidents/${incident.incidentId}/history?${parameters}`, { headers });
    incident.historyPages.push(performance.now() - sent);
  };
  const historyOf = async (incidents: readonly Measured[], parameters: string) => {
    for (const incident of incidents) incident.historyPages.length = 0;
    for (let round = 0; round < 100; round += 1) for (const incident of incidents) await history(incident, parameters);
    return incidents.map(({ historyPages }) => median(historyPages));
  };

  const begun = performance.now();
  const big = await made('big', alertsOfBig);
  const small = await made('small', alertsOfSmall);
  console.log(
    `Made of ${alertsOfBig} alerts and of ${alertsOfSmall} in ${Math.round((performance.now() - begun) / 1_000)} s.`,
  );

  let arrived = 0;
  let goesOn = true;
  const arriving = (async () => {
    for (; goesOn; arrived += 1) {
      await post('/v1/alerts', alertOf('other', arrived));
      await sleep(1_000 / arrivalsPerSecond);
    }
  })();
  for (const incident of [big, small, big, small]) await change(incident); // the first ones measure the compiler
  [big, small].forEach(forget);
  for (let turn = 0; turn < changes / inTurn; turn += 1)
    for (const incident of turn % 2 === 0 ? [big, small] : [small, big]) await change(incident);

  const [bigPage, smallPage] = await historyOf([big, small], 'order=desc&limit=50');
  goesOn = false;
  await arriving;

  const ratio = (of: (incident: Measured) => number) => (of(big) / of(small)).toFixed(2);
  const processor = ({ processorMs }: Measured) => median(processorMs);
  console.table(
    [big, small].map((incident) => ({
      alerts: incident.alerts,
      changes: incident.latencies.length,
      'processor ms/change': processor(incident).toFixed(2),
      'p50 ms': median(incident.latencies).toFixed(2),
      'p99 ms': quantile(incident.latencies, 0.99).toFixed(1),
      'history page p50 ms': (incident === big ? bigPage! : smallPage!).toFixed(2),
    })),
  );
  console.log(
    `The large one beside the small: ${ratio(processor)} times the processor time, ${ratio(({ latencies }) => median(latencies))} times ` +
      `the latency, ${(bigPage! / smallPage!).toFixed(2)} times for a history page (aim 3 each), while ${arrived} other alerts arrived.`,
  );

  const resolved = async ({ incidentId }: Measured) => {
    const sent = performance.now();
    const answer = await post(`/v1/incidents/${incidentId}/resolve`, { comment: 'Reimaged.' });
    const answered = performance.now() - sent;
    await shown(`/v1/incidents/${incidentId}/alerts?limit=1`, answer.position);
    return { events: answer.events.join(', '), answered, visible: performance.now() - sent };
  };
  const { events, answered, visible } = await resolved(big);
  console.log(
    `Resolve: ${events}, answered in ${Math.round(answered)} ms (aim 1,000), shown at all alerts after ${Math.round(visible)} ms.`,
  );
  await resolved(small);
  const [bigLast, smallLast] = await historyOf([big, small], 'order=desc&limit=50');
  console.log(
    `The history page with that resolve in it: ${bigLast!.toFixed(2)} ms beside ${smallLast!.toFixed(2)}, ${(bigLast! / smallLast!).toFixed(2)} times.`,
  );
} finally {
  docket.kill('SIGKILL');
  await once(docket, 'close');
  rmSync(folder, { recursive: true, force: true });
}
