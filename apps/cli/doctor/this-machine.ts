import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { findRunning } from '../start/running.js';
import type { Finding } from './finding.js';
import { doubtful, ill, well } from './finding.js';

const oldestNode = [20, 19] as const;

export function nodeVersion(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (isEnough) return well('Node', version);
  return ill('Node', version, `Install Node ${oldestNode.join('.')} or later.`);
}

const megabyte = 1024 ** 2;
const enough = 1024 * megabyte;
const tooLittle = 100 * megabyte;

/** Whether it is there, for nobody else to read, and with room. */
export async function dataFolder(folder: string): Promise<Finding[]> {
  const about = 'data folder';
  const found = await stat(folder).catch(() => undefined);
  if (!found) return [doubtful(about, `${folder} is not there`, 'docket start makes it; --data names another one.')];
  if (!found.isDirectory())
    return [ill(about, `${folder} is no folder`, 'Name another one with --data or DOCKET_DATA.')];
  return [ownersOnly(about, folder, found.mode, doubtful), await room(folder), ...(await tokenKeyOf(folder))];
}

/** Windows has no such modes. */
function ownersOnly(about: string, path: string, mode: number, otherwise: typeof ill): Finding {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return well(about, `${path} is its owner’s only`);
  const octal = (mode & 0o777).toString(8);
  return otherwise(about, `${path} is open to others (mode ${octal})`, `Close it: chmod go= ${path}`);
}

async function room(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const found = `${free >= enough ? `${(free / enough).toFixed(1)} GiB` : `${Math.floor(free / megabyte)} MiB`} free`;
  if (free >= enough) return well('disk', found);
  const advice = 'Make room: without it nothing more can be written.';
  return (free < tooLittle ? ill : doubtful)('disk', found, advice);
}

async function tokenKeyOf(folder: string): Promise<Finding[]> {
  const file = join(folder, 'token.key');
  const found = await stat(file).catch(() => undefined);
  return found ? [ownersOnly('token key', file, found.mode, ill)] : [];
}

/** Whether a docket says that it runs on the folder, and whether it is alive. */
export async function running(folder: string): Promise<Finding> {
  const about = 'process';
  const alive = findRunning(folder);
  if (alive) return well(about, `${alive.pid} runs on ${folder}`);
  const note = await readFile(join(folder, 'running.json'), 'utf8').catch(() => undefined);
  if (note === undefined) return doubtful(about, `no docket runs on ${folder}`, 'Start one: docket start');
  return ill(about, 'a docket ran here, and ended without saying so', 'Start it again: docket start. Nothing is lost.');
}
