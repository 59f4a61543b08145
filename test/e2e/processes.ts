import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The programs of this build. */
export const builtPrograms = join(import.meta.dirname, '../../dist');

/** What a program is not told by the test that starts it, it shall not find out from whoever started the test. */
export const ownEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(DOCKET_|EVENTSTORE_URL|MONGODB_URL|NODE_OPTIONS|FORCE_COLOR)/.test(name),
  ),
);

/** A program of this build in a process of its own. */
export class RunningProgram {
  output = '';
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(
    readonly program: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    folder?: string,
    programs = builtPrograms,
  ) {
    this.#child = spawn(process.execPath, [join(programs, program), ...args], {
      env: { ...ownEnvironment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(folder !== undefined && { cwd: folder }),
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.ended = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  /** Waits until the program says what matches, and gives back the first group of it. */
  async says(pattern: RegExp, timeoutMs = 20_000): Promise<string> {
    const until = performance.now() + timeoutMs;
    let over = false;
    void this.ended.then(() => (over = true));
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match[1] ?? match[0];
      if (over || performance.now() > until)
        throw new Error(
          `${this.program} ${over ? 'ended' : 'has not said'} ${String(pattern)}; it said:\n${this.output}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Sends what it does not end by: SIGSTOP, SIGCONT. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.signal(signal);
    return this.ended;
  }
}

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'docket-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
