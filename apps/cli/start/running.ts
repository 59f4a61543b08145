import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStart } from '#platform';

/** What a docket that runs on a data folder tells the commands on the same machine. */
export interface Running {
  readonly pid: number;
  /** Of its API, e.g. http://127.0.0.1:3000 */
  readonly url: string;
  readonly eventStoreUrl: string;
  readonly mongodbUrl: string;
}

/** A pid alone may belong to somebody else by now, and the address too, to whom then a token would be told. */
interface Note extends Running {
  readonly started: string;
}

const fileIn = (dataFolder: string) => join(dataFolder, 'running.json');

/** Gives back what takes the note away again. */
export function noteRunning(dataFolder: string, running: Running): () => void {
  const file = fileIn(dataFolder);
  const note: Note = { ...running, started: processStart(running.pid) };
  writeFileSync(file, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** The docket that runs on this folder; undefined where none does, also where one was killed and left its note. */
export function findRunning(dataFolder: string): Running | undefined {
  try {
    const { started, ...running } = JSON.parse(readFileSync(fileIn(dataFolder), 'utf8')) as Note;
    process.kill(running.pid, 0); // throws where there is no such process
    return started === processStart(running.pid) ? running : undefined;
  } catch {
    return undefined;
  }
}
