import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningProgram, temporaryFolder } from '../e2e/processes.js';
import { examplesIn, matches, withoutEmptyEnds } from './console-blocks.js';
import { hasTerminal, inTerminal } from './terminal-session.js';

const root = join(import.meta.dirname, '../..');
const [start, ...examples] = examplesIn(readFileSync(join(root, 'docs/tutorial.md'), 'utf8'));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let docket: RunningProgram;
let ran: string[][] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  await symlink(join(root, 'examples'), join(folder.path, 'examples'));
  docket = new RunningProgram('apps/cli/main.js', ['start'], { DOCKET_PORT: '0' }, folder.path);
  const address = await docket.says(/ready: (\S+)/, 60_000);
  await docket.says(/-- --help\n/);
  if (!hasTerminal) return;
  ran = await inTerminal(
    examples.map(({ command }) => command.replaceAll('http://127.0.0.1:3000', address)),
    folder.path,
  );
}, 120_000);
afterAll(async () => {
  await docket?.stop();
  await folder?.remove();
});

describe('the tutorial', () => {
  it('begins with npm start, which prints what the page says', () => {
    expect(start!.command).toBe('npm start');
    const printed = docket.output.replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:3000').split('\n');
    expect({ printed, asSaid: matches(printed, start!.prints) }).toEqual({ printed, asSaid: true });
  });

  if (!hasTerminal) it.skip('needs `script` to show the rest in a terminal', () => undefined);
  else
    it.each(examples.map((example, index) => ({ ...example, index })))('line $line: $command', ({ prints, index }) => {
      const printed = ran[index]!;
      // The page shows what a person sees: where it differs, both are shown.
      if (!matches(printed, prints)) expect(withoutEmptyEnds(printed)).toEqual(prints);
    });
});
