import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The server in a process of its own, of the build, which may be killed and may have a disk of its own. */
export interface ServerProcess {
  readonly process: ChildProcess;
  readonly url: string;
  /** What it has said on standard error. */
  said(): string;
}

export const MAIN = fileURLToPath(new URL('../../../dist/libs/embedded-eventstore/main.js', import.meta.url));

/** `through` is the command that runs it, such as strace with its options. */
export const serve = (folder: string, ...through: string[]): Promise<ServerProcess> =>
  started([...through, process.execPath, MAIN, '--port', '0', '--data', folder]);

/** Starts a command that ends in the server. */
export async function started([command, ...args]: readonly string[]): Promise<ServerProcess> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: build first (npm run build).`);
  const server = spawn(command!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const gone = once(server, 'exit').then(() => {
    throw new Error(`The server did not start: ${said}`);
  });
  gone.catch(() => undefined);
  const [line] = (await Promise.race([once(server.stdout, 'data'), gone])) as [Buffer];
  return { process: server, url: /esdb:\S+/.exec(line.toString())![0], said: () => said };
}

/** Whether a command runs here and succeeds: what needs another one is skipped, and says so. */
export const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
