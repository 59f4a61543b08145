/** `npm run bench:eventstore`: what the embedded event store costs beside what nobody could save. README.md says how to read it. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fillLog, openLog } from './event-store/filled-log.js';
import type { Task, Tasks } from './event-store/log-client.js';
import { type Measured, median, quantile, rate } from './load.js';
import { processorSeconds } from './processor-time.js';

const rounds = Number(process.env.ROUNDS ?? 5);
const seconds = Number(process.env.SECONDS ?? 3);
const events = Number(process.env.EVENTS ?? 1_000_000);
const widths = [1, 16, 64, 256];

const folder = mkdtempSync(join(tmpdir(), 'docket-bench-'));
const children: ChildProcess[] = [];

interface Server {
  readonly url: string;
  readonly pid: number;
}

async function serve(program: string, ...args: string[]): Promise<Server> {
  const server = spawn(process.execPath, [join(import.meta.dirname, program), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(server);
  const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
  return { url: /esdb:\S+/.exec(line)![0], pid: server.pid! };
}

const serveStore = (data: string) =>
  serve('../../libs/embedded-eventstore/main.js', '--port', '0', '--data', join(folder, data));

async function told(program: string, ...args: string[]): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, program), args);
  children.push(child);
  await once(child, 'message');
  return child;
}

/** One that appends, and the processes whose processor time that takes. */
interface Contender {
  readonly name: string;
  readonly width: number;
  readonly appender: ChildProcess;
  readonly server: Server | undefined;
  readonly rates: number[];
  readonly serverMicroseconds: number[];
  readonly clientMicroseconds: number[];
  last: Measured | undefined;
}

async function appendFor(contender: Contender, forSeconds: number): Promise<void> {
  const { appender, server } = contender;
  const spent = (pid: number | undefined) => (pid === undefined ? 0 : processorSeconds(pid));
  const before = [spent(server?.pid), spent(appender.pid)] as const;
  appender.send(forSeconds);
  const [measured] = (await once(appender, 'message')) as [Measured];
  const each = (pid: number | undefined, since: number) => ((spent(pid) - since) * 1e6) / measured.operations;
  contender.rates.push(rate(measured));
  contender.serverMicroseconds.push(each(server?.pid, before[0]));
  contender.clientMicroseconds.push(each(appender.pid, before[1]));
  contender.last = measured;
}

async function measureAppends(): Promise<void> {
  const store = await serveStore('appends');
  const answering = await serve('event-store/answering-server.js');
  const contenders: Contender[] = [];
  const contend = async (name: string, width: number, server: Server | undefined, program: string, ...args: string[]) =>
    contenders.push({
      name,
      width,
      appender: await told(program, ...args, String(width)),
      server,
      rates: [],
      serverMicroseconds: [],
      clientMicroseconds: [],
      last: undefined,
    });
  const ownFolder = (name: string) => {
    const path = join(folder, name);
    mkdirSync(path);
    return path;
  };
  for (const width of widths) {
    await contend('client, embedded store', width, store, 'raw-client.js', store.url);
    await contend('client, nothing stored', width, answering, 'raw-client.js', answering.url);
    for (const kind of ['storage', 'lmdb'])
      await contend(kind, width, undefined, 'event-store/bare-appends.js', kind, ownFolder(`${kind}-${width}`));
  }
  await contend('flush', 1, undefined, 'event-store/bare-appends.js', 'flush', ownFolder('flush'));

  // The first thousands of operations of a process measure its compiler.
  for (const contender of contenders) await appendFor(contender, seconds);
  for (const { rates, serverMicroseconds, clientMicroseconds } of contenders)
    for (const figures of [rates, serverMicroseconds, clientMicroseconds]) figures.length = 0;
  for (let round = 0; round < rounds; round += 1)
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) await appendFor(contender, seconds);

  console.table(
    contenders.map(({ name, width, rates, serverMicroseconds, clientMicroseconds, last }) => ({
      appends: name,
      writers: width,
      'a second': Math.round(median(rates)),
      'ms, last round': last!.median.toFixed(2),
      'server µs each': Math.round(median(serverMicroseconds)),
      'appender µs each': Math.round(median(clientMicroseconds)),
    })),
  );
  const ratesOf = (name: string, width: number) =>
    contenders.find((contender) => contender.name === name && contender.width === width)!.rates;
  for (const width of widths) {
    const [one, bound] = [ratesOf('client, embedded store', width), ratesOf('client, nothing stored', width)];
    const ratios = one.map((each, round) => each / bound[round]!);
    const aim = width === 256 ? ' (aim: 0.8)' : '';
    console.log(
      `${width} writers: ${median(ratios).toFixed(2)} of what the client reaches where nothing is stored${aim}`,
    );
  }
  for (const child of children.splice(0)) child.kill('SIGKILL');
}

async function measureReads(): Promise<void> {
  const data = join(folder, 'reads');
  const began = performance.now();
  await fillLog(data, events);
  console.log(`${events} events of 500 bytes, written in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  const opened: number[] = [];
  for (let nth = 0; nth < 5; nth += 1) {
    const log = await openLog(data);
    if (log.events !== events) throw new Error(`The log has ${log.events} events.`);
    opened.push(log.took);
  }
  const starting = performance.now();
  const store = await serveStore('reads');
  console.log(
    `Opened in ${median(opened).toFixed(1)} ms (aim: 100); a server on it listens ${(performance.now() - starting).toFixed(0)} ms ` +
      'after its process was started.',
  );

  const client = await told('event-store/log-client.js', store.url);
  const asked = async <Name extends keyof Tasks>(
    name: Name,
    howMany: number,
  ): Promise<Awaited<ReturnType<Tasks[Name]>>> => {
    client.send({ name, events: howMany } satisfies Task);
    return ((await once(client, 'message')) as [Awaited<ReturnType<Tasks[Name]>>])[0];
  };
  const table: Record<string, string | number>[] = [];
  for (let round = 1; round <= rounds; round += 1)
    for (const name of ['read', 'subscribe'] as const) {
      const before = [processorSeconds(store.pid), processorSeconds(client.pid!)] as const;
      const { events: had, took } = await asked(name, events);
      if (had < events) throw new Error(`${name} had ${had} events.`);
      const server = processorSeconds(store.pid) - before[0];
      const reader = processorSeconds(client.pid!) - before[1];
      table.push({
        $all: name,
        round,
        'events a second': Math.round((had / took) * 1_000),
        'server µs each': ((server * 1e6) / had).toFixed(1),
        'client µs each': ((reader * 1e6) / had).toFixed(1),
        "server's share of both (aim: 25 %)": `${((100 * server) / (server + reader)).toFixed(0)} %`,
      });
    }
  console.table(table);
  await asked('live', 200); // the compiler
  const live = await asked('live', 1_000);
  const of = (name: 'acknowledged' | 'live') => {
    const times = live.map((each) => each[name]);
    return `${median(times).toFixed(2)} ms (p99 ${quantile(times, 0.99).toFixed(1)})`;
  };
  console.log(`One append at a time: acknowledged in ${of('acknowledged')}, at a live subscription in ${of('live')}.`);
}

try {
  await measureAppends();
  await measureReads();
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
