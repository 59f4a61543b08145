/** `npm run bench`: commands over HTTP beside the client's own appends, in turns. README.md says how to read it. */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokens } from '#platform';
import { inTurns, median, overHttp, quantile, rate } from './load.js';
import type { Measured } from './load.js';
import { processorSeconds } from './processor-time.js';

const width = 32;
const rounds = Number(process.env.ROUNDS ?? 5);
const seconds = Number(process.env.SECONDS ?? 4);
const dist = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'docket-bench-'));
const children: ChildProcess[] = [];

function start(program: string, args: string[], environment: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [join(dist, program), ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

async function says(child: ChildProcess, pattern: RegExp): Promise<string> {
  let said = '';
  for await (const text of child.stdout!.iterator({ destroyOnReturn: false })) {
    said += String(text);
    const found = pattern.exec(said)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`ended with: ${said}`);
}

/** Operations, and the processor time that each of `pids` and this process spent on one, in microseconds. */
async function withProcessorTime(pids: readonly number[], run: () => Promise<Measured>) {
  const before = pids.map(processorSeconds);
  const measured = await run();
  const spent = pids.map((pid, index) => ((processorSeconds(pid) - before[index]!) * 1e6) / measured.operations);
  return { measured, spent };
}

const key = randomBytes(32);
const docket = start('apps/cli/main.js', ['start'], {
  DOCKET_DATA: join(folder, 'docket'),
  DOCKET_PORT: '0',
  DOCKET_EXAMPLES: 'off',
  DOCKET_TOKEN_KEY: key.toString('base64url'),
});
const store = start('libs/embedded-eventstore/main.js', ['--port', '0', '--data', join(folder, 'raw')]);
const address = await says(docket, /ready: (http:\S+)/);
const raw = fork(join(import.meta.dirname, 'raw-client.js'), [await says(store, /(esdb:\S+)/), String(width)]);
children.push(raw);
await once(raw, 'message');

try {
  const token = await new Tokens(key).sign({ id: 'kim', name: 'kim', kind: 'user', roles: ['admin'] }, 3_600);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = async (path: string, body: unknown) => {
    const response = await fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as { incidentId: string; position: string };
  };
  const opened = await Promise.all(
    Array.from({ length: width }, (_, nth) => post('/v1/incidents', { displayName: `Incident ${nth}` })),
  );
  const paths = opened.map(({ incidentId }) => `/v1/incidents/${incidentId}/comments`);
  const body = { comment: 'The user says that she did not start this program herself.' };
  const commands = (forSeconds: number) => overHttp({ address, token, paths, body, seconds: forSeconds });
  const appends = async (forSeconds: number): Promise<Measured> => {
    raw.send(forSeconds);
    const [measured] = (await once(raw, 'message')) as [Measured];
    return measured;
  };

  // The first thousands of operations of a process measure its compiler.
  await commands(10);
  await appends(5);
  const table: Record<string, string | number>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const http = await withProcessorTime([docket.pid!, process.pid], () => commands(seconds));
    const client = await withProcessorTime([store.pid!, raw.pid!], () => appends(seconds));
    table.push({
      round,
      'HTTP commands/s': Math.round(rate(http.measured)),
      'raw appends/s': Math.round(rate(client.measured)),
      ratio: (rate(http.measured) / rate(client.measured)).toFixed(2),
      'docket µs/op': Math.round(http.spent[0]!),
      'load µs/op': Math.round(http.spent[1]!),
      'store µs/op': Math.round(client.spent[0]!),
      'client µs/op': Math.round(client.spent[1]!),
      'HTTP p50 ms': http.measured.median,
      'raw p50 ms': client.measured.median.toFixed(1),
    });
  }
  console.table(table);
  const ratio = median(table.map((row) => Number(row.ratio)));
  console.log(
    `Commands over HTTP reach ${ratio.toFixed(2)} of the raw client's rate at ${width} (median of ${rounds} rounds; aim 0.4 now, 0.6 later).`,
  );

  // From the acknowledgement to the visible row, at half of the rate that was just reached.
  const half = median(table.map((row) => Number(row['HTTP commands/s']))) / 2;
  const acknowledged: number[] = [];
  const visible: number[] = [];
  const watched = `/v1/incidents/${opened[0]!.incidentId}`;
  await Promise.all([
    overHttp({ address, token, paths, body, seconds: seconds * 2, perSecond: half }),
    inTurns(1, seconds * 2, async () => {
      const sent = performance.now();
      const { position } = await post(`${watched}/comments`, body);
      const answered = performance.now();
      await (await fetch(address + watched, { headers: { ...headers, 'docket-after': position } })).json();
      acknowledged.push(answered - sent);
      visible.push(performance.now() - answered);
    }),
  ]);
  console.log(
    `At ${Math.round(half)} commands/s: acknowledged in ${median(acknowledged).toFixed(1)} ms (p99 ${quantile(acknowledged, 0.99).toFixed(1)}), ` +
      `its row visible ${median(visible).toFixed(1)} ms later (p99 ${quantile(visible, 0.99).toFixed(1)}), the read included; ${visible.length} samples.`,
  );
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
