import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokens } from '#platform';
import type { Measured } from './load.js';
import { processorSeconds } from './processor-time.js';

const dist = join(import.meta.dirname, '../..');

/** `docket start` in one process, and beside it an event store of its own with the raw client, which appends one event at a time. */
export interface BesideRaw {
  readonly address: string;
  readonly token: string;
  readonly docketPid: number;
  readonly storePid: number;
  readonly rawPid: number;
  /** Appends for so many seconds. */
  appends(seconds: number): Promise<Measured>;
  /** Ends all that was started, and takes its data away. */
  stop(): void;
}

/** `width`: so many callers append at the same time. */
export async function startBesideRaw(width: number): Promise<BesideRaw> {
  const folder = mkdtempSync(join(tmpdir(), 'docket-bench-'));
  const children: ChildProcess[] = [];
  const start = (program: string, args: string[], environment: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [...process.execArgv, join(dist, program), ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  };
  const stop = () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
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
    return {
      address,
      token: await new Tokens(key).sign({ id: 'kim', name: 'kim', kind: 'user', roles: ['admin'] }, 24 * 3_600),
      docketPid: docket.pid!,
      storePid: store.pid!,
      rawPid: raw.pid!,
      async appends(seconds) {
        raw.send(seconds);
        return ((await once(raw, 'message')) as [Measured])[0];
      },
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
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

/** What was done, and the processor time that each of the processes spent on one operation of it, in microseconds. */
export async function withProcessorTime(pids: readonly number[], run: () => Promise<Measured>) {
  const before = pids.map(processorSeconds);
  const measured = await run();
  const spent = pids.map((pid, index) => ((processorSeconds(pid) - before[index]!) * 1e6) / measured.operations);
  return { measured, spent };
}
