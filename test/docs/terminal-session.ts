import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownEnvironment } from '../e2e/processes.js';

/** The program of Linux that runs another in a terminal; without it nothing can be shown as a person sees it. */
export const hasTerminal = process.platform === 'linux' && existsSync('/usr/bin/script');

const mark = '@@@';

/**
 * Types the commands one after the other into one bash in a terminal of 80 columns, without colours, and tells what each printed.
 * `docket` is the command line of this build.
 */
export async function inTerminal(commands: readonly string[], folder: string): Promise<string[][]> {
  const docket = join(import.meta.dirname, '../../dist/apps/cli/main.js');
  const session = join(folder, 'session.sh');
  const typed = commands.flatMap((command) => [command, `echo '${mark}'`]);
  await writeFile(
    session,
    ['stty cols 80 rows 40', `docket() { "${process.execPath}" "${docket}" "$@"; }`, ...typed, ''].join('\n'),
  );
  const child = spawn('/usr/bin/script', ['-qec', `bash ${session}`, '/dev/null'], {
    cwd: folder,
    env: { ...ownEnvironment, NO_COLOR: '1', TERM: 'dumb' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  await once(child, 'close');
  const parts = withoutBars(output).replaceAll('\r', '').split(`${mark}\n`);
  return commands.map((_, index) => (parts[index] ?? '').split('\n'));
}

/** A progress bar saves the place of the cursor, and takes itself away from there when it ends: a person no longer sees it. */
const withoutBars = (output: string): string => output.replace(/\u001b7[^]*?\u001b8\u001b\[1G\u001b\[2K/g, '');
