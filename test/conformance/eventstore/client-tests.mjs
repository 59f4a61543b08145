/**
 * Runs the client's own tests against the embedded event store: `node test/conformance/eventstore/client-tests.mjs [files…]`. They are not
 * part of this repository: CLIENT_TESTS names a clone of theirs; without it they are cloned into a temporary folder.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = process.env.CLIENT_TESTS ?? 'https://github.com/EventStore/EventStore-Client-NodeJS.git';
const release = 'v6.2.1';
const here = import.meta.dirname;
const root = join(here, '../../..');

/** What it takes more than one node for, or what the embedded store does not have. */
const notAsked = [
  'cluster',
  'not-leader',
  'NotLeaderError',
  'UnavailableError',
  'all-nodes-down',
  'connection/dns',
  'no-reconnection',
];
const asked = process.argv.length > 2 ? process.argv.slice(2) : ['src/streams', 'src/connection', 'src/extra'];

const folder = mkdtempSync(join(tmpdir(), 'client-tests-'));
run('git', ['clone', '--quiet', '--depth', '1', '--branch', release, repository, folder]);
const tests = join(folder, 'packages/test');
cpSync(join(here, 'stand-ins'), join(tests, 'src/utils'), { recursive: true });
for (const name of readdirSync(join(tests, 'src'), { recursive: true }).filter((name) => name.endsWith('.test.ts'))) {
  const file = join(tests, 'src', name);
  // Older names of the same, which this jest has no more.
  const text = readFileSync(file, 'utf8')
    .replaceAll('.toThrowError(', '.toThrow(')
    .replaceAll('.toBeCalled', '.toHaveBeenCalled');
  writeFileSync(file, text);
}
writeFileSync(
  join(tests, 'docket.config.json'),
  JSON.stringify({
    rootDir: tests,
    testTimeout: 60_000,
    modulePaths: [join(root, 'node_modules')],
    moduleNameMapper: { '@test-utils': '<rootDir>/src/utils' },
    transform: { '\\.ts$': [join(root, 'node_modules/@swc/jest'), { module: { type: 'commonjs' } }] },
    testPathIgnorePatterns: notAsked,
    snapshotFormat: { escapeString: true, printBasicPrototype: true },
    maxWorkers: 1,
  }),
);
const jest = join(root, 'node_modules/jest/bin/jest.js');
const environment = {
  ...process.env,
  DOCKET_EVENTSTORE: join(root, 'dist/libs/embedded-eventstore/main.js'),
  NODE_PATH: join(root, 'node_modules'),
};
const { status } = spawnSync(process.execPath, [jest, '--config', join(tests, 'docket.config.json'), ...asked], {
  cwd: tests,
  stdio: 'inherit',
  env: environment,
});
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);

function run(program, flags) {
  const { status, error } = spawnSync(program, flags, { stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`${program} ended with ${status}`);
}
