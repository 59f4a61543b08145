import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** `npm run test:model -- --runs 20000 [--seed 1]` */
const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string' } } });
if (!/^[1-9]\d*$/.test(values.runs)) throw new Error(`--runs must be a number from 1, and is ${values.runs}`);
if (values.seed !== undefined && !/^-?\d+$/.test(values.seed))
  throw new Error(`--seed must be a number, as a failed run told it, and is ${values.seed}`);

const root = join(import.meta.dirname, '../..');
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', 'test/model'];
const env = { ...process.env, MODEL_RUNS: values.runs, ...(values.seed !== undefined && { MODEL_SEED: values.seed }) };
process.exitCode = spawnSync(process.execPath, jest, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
