/** `npm run bench`: commands over HTTP beside the client's own appends, in turns. README.md says how to read it. */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokens } from '#platform';
import { Connections, measure, median, quantile, rate } from './load.js';
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
  const connections = new Connections(address, token, width);
  const incidentIds = await Promise.all(
    Array.from({ length: width }, async (_, nth) => {
      const { incidentId } = JSON.parse(await connections.post('/v1/incidents', { displayName: `Incident ${nth}` }));
      return incidentId as string;
    }),
  );
  const comment = { comment: 'The user says that she did not start this program herself.' };
  const overHttp = (forSeconds: number, perSecond?: number) =>
    measure(
      width,
      forSeconds,
      async (caller) => void (await connections.post(`/v1/incidents/${incidentIds[caller]}/comments`, comment)),
      perSecond,
    );
  const byClient = async (forSeconds: number): Promise<Measured> => {
    raw.send(forSeconds);
    const [measured] = (await once(raw, 'message')) as [Measured];
    return measured;
  };

  await overHttp(2);
  await byClient(2);
  const table: Record<string, string | number>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const http = await withProcessorTime([docket.pid!, process.pid], () => overHttp(seconds));
    const client = await withProcessorTime([store.pid!, raw.pid!], () => byClient(seconds));
    table.push({
      round,
      'HTTP commands/s': Math.round(rate(http.measured)),
      'raw appends/s': Math.round(rate(client.measured)),
      ratio: (rate(http.measured) / rate(client.measured)).toFixed(2),
      'docket µs/op': Math.round(http.spent[0]!),
      'load µs/op': Math.round(http.spent[1]!),
      'store µs/op': Math.round(client.spent[0]!),
      'client µs/op': Math.round(client.spent[1]!),
      'HTTP p50 ms': median(http.measured.latencies).toFixed(1),
      'raw p50 ms': median(client.measured.latencies).toFixed(1),
    });
  }
  console.table(table);
  const ratio = median(table.map((row) => Number(row.ratio)));
  console.log(
    `Commands over HTTP reach ${ratio.toFixed(2)} of the raw client's rate at ${width} (median of ${rounds} rounds; aim 0.4 now, 0.6 later).`,
  );

  // From the acknowledgement to the visible row, at half of the rate that was just reached.
  const half = median(table.map((row) => Number(row['HTTP commands/s']))) / 2;
  const sampling = new Connections(address, token, 1);
  const acknowledged: number[] = [];
  const visible: number[] = [];
  await Promise.all([
    overHttp(seconds * 2, half),
    measure(1, seconds * 2, async () => {
      const path = `/v1/incidents/${incidentIds[0]}`;
      const sent = performance.now();
      const { position } = JSON.parse(await sampling.post(`${path}/comments`, comment)) as { position: string };
      const answered = performance.now();
      await sampling.get(path, { 'docket-after': position });
      acknowledged.push(answered - sent);
      visible.push(performance.now() - answered);
    }),
  ]);
  console.log(
    `At ${Math.round(half)} commands/s: acknowledged in ${median(acknowledged).toFixed(1)} ms (p99 ${quantile(acknowledged, 0.99).toFixed(1)}), ` +
      `its row visible ${median(visible).toFixed(1)} ms later (p99 ${quantile(visible, 0.99).toFixed(1)}), the read included; ${visible.length} samples.`,
  );
  connections.close();
  sampling.close();
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
