/** `npm run bench:intake`: alerts over HTTP, singly and in arrays, beside the client's own appends. README.md says how to read it. */
import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { startBesideRaw, withProcessorTime } from './beside-raw.js';
import { median, quantile, rate } from './load.js';
import type { Measured } from './load.js';

const width = 32;
const rounds = Number(process.env.ROUNDS ?? 5);
const alerts = Number(process.env.ALERTS ?? 20_000);
const inArray = 1_000;
const arraysAtOnce = 4;
/** A thousand alerts that follow one another are about a hundred incidents, in turns. */
const alertsOfIncident = 10;

let reported = 0;
function nextAlert(): object {
  const nth = reported++;
  const incident = Math.floor(nth / inArray) * (inArray / alertsOfIncident) + (nth % (inArray / alertsOfIncident));
  return {
    id: `da637578995287051192_${nth}`,
    title: `Suspicious activity, rule ${nth % 7}`,
    severity: ['low', 'medium', 'high'][nth % 3],
    status: 'new',
    category: ['Execution', 'Persistence', 'LateralMovement'][nth % 3],
    serviceSource: 'microsoftDefenderForEndpoint',
    detectionSource: 'microsoftDefenderForEndpoint',
    createdDateTime: '2026-01-01T12:00:00.1234567Z',
    lastUpdateDateTime: '2026-01-01T12:00:01.7654321Z',
    description:
      'A process was started in a way that attackers are known to start it. Look at its parent and at who signed it.',
    recommendedActions:
      '1. Look at the machine’s timeline.\n2. Ask its owner.\n3. Isolate it where nobody knows of it.',
    mitreTechniques: ['T1059.001', 'T1547.001'],
    evidence: [
      {
        '@odata.type': '#microsoft.graph.security.deviceEvidence',
        mdeDeviceId: `73e7e2de709dff64ef64b1d0c30e67fab6327${incident}`,
        deviceDnsName: `pc-${incident}.northwind.example`,
        osPlatform: 'Windows11',
        riskScore: 'medium',
      },
      {
        '@odata.type': '#microsoft.graph.security.userEvidence',
        userAccount: { accountName: `user${incident}`, userPrincipalName: `user${incident}@northwind.example` },
      },
    ],
  };
}

const agent = new Agent({ keepAlive: true });

function post(body: unknown): Promise<{ position: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${docket.token}`, 'content-type': 'application/json' };
    const sent = request(`${docket.address}/v1/alerts`, { method: 'POST', agent, headers }, (response) => {
      const answer = json(response) as Promise<{ position: string }>;
      if (response.statusCode! < 300) resolve(answer);
      else void answer.then((problem) => reject(new Error(JSON.stringify(problem))), reject);
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

/** Reports so many alerts, `together` in one request. */
async function report(count: number, together: number): Promise<Measured> {
  const latencies: number[] = [];
  const start = performance.now();
  let left = count;
  const reporter = async () => {
    while (left > 0) {
      left -= together;
      const sent = performance.now();
      await post(together === 1 ? nextAlert() : Array.from({ length: together }, nextAlert));
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: together === 1 ? width : arraysAtOnce }, reporter));
  return {
    operations: latencies.length * together,
    seconds: (performance.now() - start) / 1_000,
    median: Math.round(median(latencies)),
    p99: Math.round(quantile(latencies, 0.99)),
  };
}

const docket = await startBesideRaw(width);
try {
  // The first thousands of operations of a process measure its compiler.
  await report(5_000, 1);
  await report(10_000, inArray);
  await docket.appends(5);

  const table: Record<string, string | number>[] = [];
  const share = alerts / rounds;
  for (let round = 1; round <= rounds; round += 1) {
    const singly = await withProcessorTime([docket.docketPid], () => report(share, 1));
    const raw = await docket.appends(4);
    const arrays = await withProcessorTime([docket.docketPid], () => report(share, inArray));
    table.push({
      round,
      'singly/s': Math.round(rate(singly.measured)),
      'in arrays/s': Math.round(rate(arrays.measured)),
      'raw appends/s': Math.round(rate(raw)),
      'ratio singly': (rate(singly.measured) / rate(raw)).toFixed(2),
      'ratio in arrays': (rate(arrays.measured) / rate(raw)).toFixed(2),
      'docket µs/alert singly': Math.round(singly.spent[0]!),
      'docket µs/alert in arrays': Math.round(arrays.spent[0]!),
      'singly p50 ms': singly.measured.median,
      'array p50 ms': arrays.measured.median,
    });
  }
  console.table(table);
  const of = (column: string) => median(table.map((row) => Number(row[column]))).toFixed(2);
  console.log(
    `Of the raw client's rate at ${width}: ${of('ratio singly')} singly (aim 0.3), ${of('ratio in arrays')} in arrays of ${inArray} (aim 1); medians of ${rounds} rounds.`,
  );
  await check();
} finally {
  docket.stop();
}

/** Every alert has come into its incident; and how long the queue took to show that. */
async function check(): Promise<void> {
  const incidents = Math.ceil(reported / inArray) * (inArray / alertsOfIncident);
  while (reported % inArray !== 0) await post(nextAlert());
  const ended = performance.now();
  const { position } = await post({ id: 'the-last-one', title: 'The last one', incidentId: '1' });
  for (;;) {
    const headers = { authorization: `Bearer ${docket.token}`, 'docket-after': position };
    const queue = await fetch(`${docket.address}/v1/incidents?limit=1`, { headers });
    const { total } = (await queue.json()) as { total?: number };
    if (total === undefined) continue; // 503: not shown yet
    const seconds = ((performance.now() - ended) / 1_000).toFixed(1);
    console.log(
      `${reported} alerts are in ${total} incidents; the queue shows them ${seconds} s after the last answer.`,
    );
    if (total !== incidents) throw new Error(`They should be in ${incidents}`);
    return;
  }
}
