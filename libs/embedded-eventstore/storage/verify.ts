import { DELETED } from '../protocol/revision.js';
import { checkedEvent, follows, openDatabases, readNumber64, revisionKey, type Databases } from './databases.js';
import { missingBehind, readLastPosition } from './last-position.js';

/** What was found in a log. It is whole where there are no problems. */
export interface Verification {
  readonly events: number;
  readonly streams: number;
  /** Sentences; of many the first hundred. */
  readonly problems: string[];
}

const MOST_PROBLEMS = 100;

interface Stream {
  readonly id: number;
  /** The revision that comes next. */
  next: number;
}

/**
 * Reads every event of the log in a folder, and all that leads to events: checksums, that positions and revisions run without a
 * gap, that each event is found by its stream and revision, and that nothing else is. No other store may have the folder.
 */
export async function verifyLog(folder: string): Promise<Verification> {
  const databases = openDatabases(folder);
  try {
    return new Walk(databases, folder).verification();
  } finally {
    await databases.root.close();
  }
}

class Walk {
  private readonly problems: string[] = [];
  private readonly streams = new Map<string, Stream>();
  private readonly ids = new Set<number>();
  private events = 0;

  constructor(
    private readonly databases: Databases,
    private readonly folder: string,
  ) {}

  verification(): Verification {
    for (const step of [() => this.walkEvents(), () => this.walkIndex(), () => this.walkNames()]) {
      try {
        step();
      } catch (reason) {
        this.problem(`The file cannot be read on: ${(reason as Error).message}`);
      }
    }
    return { events: this.events, streams: this.streams.size, problems: this.problems };
  }

  private walkEvents(): void {
    let expected = 1;
    for (const { key, value } of this.databases.all.getRange({})) {
      const position = readNumber64(key);
      if (position !== expected) this.problem(`Behind position ${expected - 1} comes position ${position}`);
      expected = position + 1;
      this.events++;
      try {
        this.event(position, value);
      } catch (reason) {
        this.problem((reason as Error).message);
      }
    }
    this.checkEnd(expected - 1);
  }

  private checkEnd(position: number): void {
    const missing = missingBehind(this.folder, position);
    if (missing) this.problem(missing);
    if (readLastPosition(this.folder) === 'damaged')
      this.problem(`The file 'last-position' is damaged: remove it if nothing else is`);
  }

  private event(position: number, record: Buffer): void {
    const { stream: name, revision } = checkedEvent(position, record);
    const stream = this.streams.get(name) ?? this.begin(name, position);
    if (!follows(revision, stream.next) || stream.next === DELETED + 1)
      this.problem(
        `Stream '${name}' has revision ${revision} at position ${position}, where ${stream.next} comes next`,
      );
    stream.next = revision + 1;
    const indexed = this.databases.idx.get(revisionKey(stream.id, revision));
    if (!indexed || readNumber64(indexed) !== position)
      this.problem(`Revision ${revision} of stream '${name}' does not lead to position ${position}`);
  }

  private begin(name: string, position: number): Stream {
    const id = this.databases.streams.get(Buffer.from(name))?.readUInt32BE(0);
    if (id === undefined) this.problem(`Stream '${name}', at position ${position}, is not known by its name`);
    else if (this.ids.has(id)) this.problem(`Stream '${name}' has the id of another one`);
    const stream = { id: id ?? 0, next: 0 };
    this.ids.add(stream.id);
    this.streams.set(name, stream);
    return stream;
  }

  private walkIndex(): void {
    let entries = 0;
    for (const key of this.databases.idx.getKeys({})) {
      entries++;
      if (!this.ids.has(key.readUInt32BE(0))) this.problem(`Stream id ${key.readUInt32BE(0)} is of no stream`);
    }
    if (entries !== this.events) this.problem(`${entries} revisions lead to ${this.events} events`);
  }

  private walkNames(): void {
    for (const key of this.databases.streams.getKeys({}))
      if (!this.streams.has(key.toString())) this.problem(`The name '${key.toString()}' is of no stream`);
  }

  private problem(what: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(what);
  }
}
