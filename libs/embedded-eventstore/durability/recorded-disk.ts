/** What a process did to a log's file, as strace saw it, and the states in which a power cut can leave that file. */

export interface Write {
  readonly begin: number;
  readonly end: number;
  readonly offset: number;
  readonly bytes: Buffer;
  /** It was durable when it returned (O_DSYNC). */
  readonly synchronous: boolean;
}

export interface Recording {
  readonly writes: Write[];
  readonly syncs: { readonly begin: number; readonly end: number }[];
  readonly acknowledged: { readonly at: number; readonly text: string }[];
  /** What was written to `last-position`, which is never flushed. */
  readonly told: { readonly at: number; readonly bytes: Buffer }[];
  /** Moments go from 0 to this. */
  readonly end: number;
}

/** Disks write sectors whole, and in any order. */
const SECTOR = 512;

const CALL = /^(\d+) +(\w+)\((.*)$/s;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)$/s;

const decoded = (hex: string) => Buffer.from(hex.replaceAll('\\x', ''), 'hex');

/** The files that are recorded. */
export interface Recorded {
  readonly data: string;
  readonly lastPosition: string;
  readonly acknowledgements: string;
}

/** Reads what `strace -f -xx -e trace=openat,lseek,pwrite64,writev,write,fdatasync,fsync` wrote about these files. */
export function parseTrace(trace: string, { data, lastPosition, acknowledgements }: Recorded): Recording {
  const recording = {
    writes: [] as Write[],
    syncs: [] as Recording['syncs'][0][],
    acknowledged: [] as { at: number; text: string }[],
    told: [] as { at: number; bytes: Buffer }[],
  };
  const unfinished = new Map<string, { begin: number; text: string }>();
  const files = new Map<number, { path: string; synchronous: boolean }>();
  const offsets = new Map<number, number>();
  const lines = trace.split('\n');
  for (const [moment, line] of lines.entries()) {
    const resumed = RESUMED.exec(line);
    const call = resumed ? undefined : CALL.exec(line);
    const [, thread, name, rest] = resumed ?? call ?? [];
    if (thread === undefined || name === undefined || rest === undefined) continue;
    if (call && rest.endsWith('<unfinished ...>')) {
      unfinished.set(thread, { begin: moment, text: rest.slice(0, -'<unfinished ...>'.length) });
      continue;
    }
    const started = resumed ? unfinished.get(thread) : undefined;
    if (resumed) unfinished.delete(thread);
    const begin = started?.begin ?? moment;
    const text = (started?.text ?? '') + rest;
    const result = Number(/\)\s+= (-?\d+)[^=]*$/.exec(text)?.[1]);
    if (!(result >= 0)) continue;
    if (name === 'openat') {
      const path = decoded(/"((?:\\x..)*)"/.exec(text)?.[1] ?? '').toString();
      files.set(result, { path, synchronous: text.includes('O_DSYNC') });
      continue;
    }
    const descriptor = Number.parseInt(text, 10);
    const file = files.get(descriptor);
    const strings = [...text.matchAll(/"((?:\\x..)*)"/g)].map(([, hex]) => decoded(hex!));
    if (file?.path === acknowledgements && name === 'write')
      recording.acknowledged.push({ at: begin, text: strings[0]!.toString().trim() });
    if (file?.path === lastPosition && name === 'pwrite64')
      recording.told.push({ at: begin, bytes: Buffer.concat(strings) });
    if (file?.path !== data) continue;
    if (name === 'lseek') offsets.set(descriptor, result);
    else if (name === 'fdatasync' || name === 'fsync') recording.syncs.push({ begin, end: moment });
    else {
      const offset = name === 'pwrite64' ? Number(/, (\d+)\)\s+= \d+$/.exec(text)![1]) : offsets.get(descriptor)!;
      const bytes = Buffer.concat(strings);
      if (bytes.length !== result)
        throw new Error(`The trace holds ${bytes.length} bytes of ${result}: ${text.slice(-80)}`);
      if (name !== 'pwrite64') offsets.set(descriptor, offset + result);
      recording.writes.push({ begin, end: moment, offset, bytes, synchronous: file.synchronous });
    }
  }
  return { ...recording, end: lines.length };
}

/**
 * The file as a power cut at a moment may leave it: all that was flushed, and of all that was not whatever the disk got to, in
 * sectors. `flushed: false` takes the flushes for nothing.
 */
export function afterPowerCut(base: Buffer, { writes, syncs }: Recording, moment: number, flushed = true): Buffer {
  const issued = writes.filter(({ begin }) => begin < moment);
  const state = Buffer.alloc(Math.max(base.length, ...issued.map(({ offset, bytes }) => offset + bytes.length)));
  base.copy(state);
  let length = base.length;
  const put = (bytes: Buffer, offset: number) => {
    bytes.copy(state, offset);
    length = Math.max(length, offset + bytes.length);
  };
  const luck = Math.random(); // from a disk that got to nearly nothing to one that got to nearly all
  for (const { end, offset, bytes, synchronous } of issued) {
    const isDurable =
      flushed && end < moment && (synchronous || syncs.some((sync) => sync.begin > end && sync.end < moment));
    if (isDurable) {
      put(bytes, offset);
      continue;
    }
    for (let at = 0; at < bytes.length;) {
      const sector = Math.min(SECTOR - ((offset + at) % SECTOR), bytes.length - at);
      if (Math.random() < luck) put(bytes.subarray(at, at + sector), offset + at);
      at += sector;
    }
  }
  return state.subarray(0, length);
}
