/**
 * `docket replay` of a million events over a hundred thousand incidents, which come in the worst order: every incident changes once
 * before one of them changes again. Prints the time it takes and the most memory it held (Linux only). See README.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { writeEventLine } from '#audit';
import type { RecordedEvent } from '#event-store';
import type { AlertSummary, IncidentEvent } from '#incidents';

const incidents = Number(process.env.INCIDENTS ?? 100_000);

const alert = (incident: number, n: number): AlertSummary => ({
  alertId: `da${incident}_${n}-5f0c-4f1e-9a77-1d2c`,
  reportRevision: 0,
  title: ['Suspicious sign-in', 'Inbox rule was created', 'Mail was forwarded to a stranger'][n]!,
  severity: n === 2 ? 'high' : 'medium',
  status: 'new',
  category: ['InitialAccess', 'Persistence', 'Exfiltration'][n]!,
  serviceSource: 'microsoftDefenderForOffice365',
  detectionSource: 'microsoftDefenderForOffice365',
  assignedTo: null,
  classification: null,
  determination: null,
  assets: [{ kind: 'user', key: `user:${incident}-${n}`, name: `person.${incident}@northwind.example` }],
  entityKeys: [`user:person.${incident}@northwind.example`, `user:s-1-5-21-${incident}-${n}`],
});

/** The life of an incident, an event each time it is its turn. */
const life: readonly ((incident: number) => IncidentEvent)[] = [
  (incident) => ({
    type: 'IncidentOpened',
    data: {
      incidentId: String(incident),
      displayName: `Incident ${incident}`,
      nameIsAutomatic: true,
      severity: 'unknown',
      severityIsAutomatic: true,
      description: null,
      customTags: [],
      origin: 'correlation',
    },
  }),
  ...[0, 1, 2].map((n) => (incident: number): IncidentEvent => ({
    type: 'AlertAdded',
    data: { alert: alert(incident, n), reason: { rule: 'nothingShared' } },
  })),
  (incident) => ({
    type: 'IncidentNamedAutomatically',
    data: {
      displayName: 'Multi-stage incident involving Initial access & Exfiltration involving one user',
      previous: `Incident ${incident}`,
    },
  }),
  () => ({ type: 'IncidentAssigned', data: { assignedTo: 'analyst1', previous: null, alertIds: [] } }),
  () => ({ type: 'InvestigationStarted', data: { previous: 'active' } }),
  () => ({
    type: 'IncidentCommented',
    data: { comment: 'Called the person: the rule is not theirs. Sessions revoked.' },
  }),
  () => ({ type: 'IncidentTagged', data: { kind: 'custom', tags: ['Finance', 'VIP'] } }),
  () => ({
    type: 'IncidentClassified',
    data: {
      classification: 'truePositive',
      determination: 'phishing',
      previous: { classification: null, determination: null },
    },
  }),
];

function* lines(): Generator<string> {
  let position = 0;
  for (const [revision, happen] of life.entries())
    for (let incident = 1; incident <= incidents; incident++) {
      position++;
      const event = {
        ...happen(incident),
        id: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
        stream: `incident-${incident}`,
        revision,
        position: BigInt(position),
        metadata: {
          $correlationId: 'c4b8c5f6-2f0e-4b57-9c0b-0d9c1c0a7a11',
          $causationId: 'c4b8c5f6-2f0e-4b57-9c0b-0d9c1c0a7a11',
          actor: { id: 'analyst1', name: 'analyst1', kind: 'user' },
          at: new Date(Date.UTC(2026, 0, 1) + position * 10).toISOString(),
          schema: 1,
        },
      };
      yield `${writeEventLine(event as RecordedEvent)}\n`;
    }
  yield `${JSON.stringify({ end: { position: String(position) } })}\n`;
}

/** In MiB: the peak so far of a process that lives. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
}

const server = createServer((_, response) => void Readable.from(lines(), { highWaterMark: 64 }).pipe(response));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const program = join(import.meta.dirname, '../../apps/cli/main.js');
const began = performance.now();
const replay = spawn(
  process.execPath,
  [program, 'replay', '--until', '9999999999', '--url', url, '--token', 'any', '--limit', '3', '--json'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let output = '';
replay.stdout.on('data', (text: Buffer) => (output += text.toString()));
let peak = 0;
const watching = setInterval(() => void peakOf(replay.pid!).then((now) => (peak = Math.max(peak, now))), 50);
const [code] = (await once(replay, 'close')) as [number];
clearInterval(watching);
server.close();

const { total, value } = JSON.parse(output) as { total: number; value: { id: string; revision: number }[] };
if (code !== 0 || total !== incidents || value[0]?.revision !== life.length - 1)
  throw new Error(`It went wrong: ${output}`);
const seconds = (performance.now() - began) / 1_000;
console.log(
  `${(incidents * life.length).toLocaleString('en')} events over ${incidents.toLocaleString('en')} incidents: ` +
    `${seconds.toFixed(0)} s, at most ${peak.toFixed(0)} MiB`,
);
