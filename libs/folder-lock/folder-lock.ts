import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'owner.json';

/** The process that has a folder. */
export interface Owner {
  readonly pid: number;
  readonly started: string;
  /** Where it can be asked; undefined where it cannot. */
  readonly contact?: Contact;
}

export interface Contact {
  readonly port: number;
  /** Whoever may read the lock may ask. */
  readonly secret: string;
}

/**
 * Holds a folder for one process, before anything in it is opened. A lock whose process is gone (killed, machine restarted) is taken over.
 * LMDB has no such thing: it lets several processes write, and whoever opens its file, if only to read, sets the number of the last
 * transaction to the one that it read a moment before. Where the writer is at rest just then, the next transaction is written over the last.
 */
export class FolderLock {
  private constructor(
    private readonly file: string,
    private content: string,
  ) {}

  /** The process that has the folder; undefined where none has. */
  static owner(folder: string): Owner | undefined {
    const owner = parse(read(join(folder, FILE)) ?? '');
    return owner && isAlive(owner) ? owner : undefined;
  }

  /**
   * Creates the folder where it is missing. Throws, naming the other process, where one has it. `what`: is in the folder, for messages, with
   * its article.
   */
  static take(folder: string, what: string): FolderLock {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, FILE);
    const content = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
    const mine = written(file, content);
    try {
      for (let attempt = 0; attempt < 10; attempt++) {
        try {
          linkSync(mine, file); // fails where the file exists, and never leaves half a file
          return new FolderLock(file, content);
        } catch (reason) {
          if ((reason as NodeJS.ErrnoException).code !== 'EEXIST') throw reason;
          FolderLock.evict(file, `${what} in ${folder}`);
        }
      }
      throw new Error(`${what} in ${folder} could not be locked: ${file} keeps coming back.`);
    } finally {
      rmSync(mine, { force: true });
    }
  }

  /** Tells whoever finds the folder taken where to ask. */
  announce(contact: Contact): void {
    const content = JSON.stringify({ ...parse(this.content), contact });
    renameSync(written(this.file, content), this.file);
    this.content = content;
  }

  release(): void {
    if (read(this.file) === this.content) rmSync(this.file, { force: true });
  }

  /** Removes a lock that nobody holds. */
  private static evict(file: string, what: string): void {
    const content = read(file);
    if (content === undefined) return; // released just now
    const owner = parse(content);
    if (owner && isAlive(owner))
      throw new Error(`${what} is in use by process ${owner.pid}. Stop that process, or choose another folder.`);
    // Renamed before it is removed: of two processes that find the same stale lock, one gets it, and sees what it got.
    const stale = `${file}.stale.${process.pid}`;
    try {
      renameSync(file, stale);
      if (read(stale) !== content) linkSync(stale, file);
    } catch (reason) {
      if (!['ENOENT', 'EEXIST'].includes((reason as NodeJS.ErrnoException).code ?? '')) throw reason;
    }
    rmSync(stale, { force: true });
  }
}

/** A file beside another one, with what that is to have: it is linked or renamed, so nobody reads half of it. */
function written(file: string, content: string): string {
  const mine = `${file}.${process.pid}.${performance.now()}`;
  writeFileSync(mine, content, { mode: 0o600 }); // there may be a secret in it
  return mine;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(content: string): Owner | undefined {
  try {
    return JSON.parse(content) as Owner;
  } catch {
    return undefined;
  }
}

const isAlive = ({ pid, started }: Owner) => isProcess(pid) && startOf(pid) === started;

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (reason) {
    return (reason as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, where the system tells (Linux): a pid alone may belong to somebody else by now. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
