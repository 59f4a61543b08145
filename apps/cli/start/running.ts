import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a docket that runs on a data folder tells the commands on the same machine. */
export interface Running {
  readonly pid: number;
  /** Of its API, e.g. http://127.0.0.1:3000 */
  readonly url: string;
  readonly eventStoreUrl: string;
  readonly mongodbUrl: string;
}

const fileIn = (dataFolder: string) => join(dataFolder, 'running.json');

/** Gives back what takes the note away again. */
export function noteRunning(dataFolder: string, running: Running): () => void {
  const file = fileIn(dataFolder);
  writeFileSync(file, `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** The docket that runs on this folder; undefined where none does, also where one was killed and left its note. */
export function findRunning(dataFolder: string): Running | undefined {
  try {
    const running = JSON.parse(readFileSync(fileIn(dataFolder), 'utf8')) as Running;
    process.kill(running.pid, 0); // throws where there is no such process
    return running;
  } catch {
    return undefined;
  }
}
