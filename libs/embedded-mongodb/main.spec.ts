import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/libs/embedded-mongodb/main.js', import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

describe('docket-mongodb', () => {
  it.each([
    ['a port that is none', ['--port', '70000'], 'docket-mongodb: --port is a number from 0 to 65535.\n'],
    ['an option without its value', ['--data'], "docket-mongodb: Option '--data <value>' argument missing\n"],
    ['an option that it does not know', ['--replicas', '3'], /^docket-mongodb: Unknown option '--replicas'/],
  ])('refuses %s in a sentence', (_, args, said) => {
    const { status, stderr } = run(...args);
    expect([status, stderr]).toEqual([1, said instanceof RegExp ? expect.stringMatching(said) : said]);
  });

  it('says what it takes', () => {
    expect(run('--help').stdout).toMatch(/--port <number> .*\n.*--data <folder>/);
  });
});
