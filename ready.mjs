/**
 * Makes a fresh clone runnable: installs what package-lock.json asks for and compiles the sources, each only where it is missing
 * or older than what it is made from. Uses nothing but Node and npm.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = import.meta.dirname;
const installed = join(root, 'node_modules', '.package-lock.json');
const built = join(root, 'dist', '.built');

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function newest(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, modified(join(entry.parentPath, entry.name))), 0);
}

function run(what, command, args) {
  process.stderr.write(`docket: ${what} …\n`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(`docket: ${what} failed${error ? `: ${error.message}` : ''}\n`);
    process.exit(status ?? 1);
  }
}

if (modified(installed) < modified(join(root, 'package-lock.json'))) {
  run('installing dependencies', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

// The benchmarks are left out where only what runs was copied, as into an image.
const folders = ['apps', 'libs', 'test/bench'].filter((folder) => existsSync(join(root, folder)));
const sources = Math.max(...folders.map((folder) => newest(join(root, folder))), modified(installed));
if (process.argv.includes('--rebuild') || modified(built) < sources) {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  run('building', process.execPath, [
    join(root, 'node_modules/@swc/cli/bin/swc.js'),
    ...folders,
    '-d',
    'dist',
    '--ignore',
    '**/*.spec.ts',
    '--quiet',
  ]);
  writeFileSync(built, '');
}
