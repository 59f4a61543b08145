import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Tokens } from '#platform';

const dist = join(import.meta.dirname, '../..');

/** A program of dist in a process of its own, which the caller ends. Its standard output must be read (`says`), or it would wait. */
export function startProgram(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [...process.execArgv, join(dist, program), ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.on('data', (text: Buffer) => process.stderr.write(text));
  return child;
}

/** What a child says of itself, on either stream: the first group of `what`. Rejects if the child ends before. */
export function says({ stdout, stderr }: ChildProcess, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    for (const stream of [stdout!, stderr!]) {
      stream.on('data', (text) => {
        said += String(text);
        const [, found] = what.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      });
      stream.on('end', () => reject(new Error(`ended with: ${said}`)));
    }
  });
}

export interface RunningDocket {
  readonly child: ChildProcess;
  readonly address: string;
  /** Of an administrator, for a day. */
  readonly token: string;
}

/** `docket start` on this data folder, when it is ready. */
export async function startDocket(folder: string): Promise<RunningDocket> {
  const key = randomBytes(32);
  const child = startProgram('apps/cli/main.js', ['start'], {
    DOCKET_DATA: folder,
    DOCKET_PORT: '0',
    DOCKET_EXAMPLES: 'off',
    DOCKET_TOKEN_KEY: key.toString('base64url'),
  });
  const actor = { id: 'kim', name: 'kim', kind: 'user', roles: ['admin'] } as const;
  return {
    child,
    address: await says(child, /ready: (http:\S+)/),
    token: await new Tokens(key).sign(actor, 24 * 3_600),
  };
}
