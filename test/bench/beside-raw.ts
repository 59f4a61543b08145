import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measured } from './load.js';
import { processorSeconds } from './processor-time.js';
import { says, startDocket, startProgram } from './running-docket.js';

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
  const stop = () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { child: docket, address, token } = await startDocket(join(folder, 'docket'));
    children.push(docket);
    const storeFolder = join(folder, 'raw');
    const store = startProgram('libs/embedded-eventstore/main.js', ['--port', '0', '--data', storeFolder]);
    children.push(store);
    const raw = fork(join(import.meta.dirname, 'raw-client.js'), [await says(store, /(esdb:\S+)/), String(width)]);
    children.push(raw);
    await once(raw, 'message');
    return {
      address,
      token,
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

/** What was done, and the processor time that each of the processes spent on one operation of it, in microseconds. */
export async function withProcessorTime(pids: readonly number[], run: () => Promise<Measured>) {
  const before = pids.map(processorSeconds);
  const measured = await run();
  const spent = pids.map((pid, index) => ((processorSeconds(pid) - before[index]!) * 1e6) / measured.operations);
  return { measured, spent };
}
