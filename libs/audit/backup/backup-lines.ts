/**
 * A backup is a log as lines of JSON, gzipped: a head, one line for each event (event-line.ts) as it was stored, never brought up to a
 * newer schema, and an end, by which a whole backup is told from one that was cut off.
 *
 *     {"docketBackup":{"format":1,"at":"2026-11-23T16:00:00.000Z","of":"the embedded event store"}}
 *     {"position":"1","stream":"register","revision":0,…}
 *     {"end":{"events":1,"position":"1","fingerprint":"sha256:…"}}
 */

/** Raise it when the lines change; what reads backups goes on to read the older formats. */
export const backupFormat = 1;

export interface BackupHead {
  readonly format: number;
  /** When it was made: ISO 8601. */
  readonly at: string;
  /** Of what, in words. */
  readonly of: string;
}

export interface BackupEnd {
  readonly events: number;
  /** Of the last event, decimal; null where there is none. */
  readonly position: string | null;
  /** See Fingerprint. */
  readonly fingerprint: string;
}

/** The file is not a backup, not all of one, or was changed since it was made. */
export class BadBackup extends Error {
  constructor(
    readonly file: string,
    flaw: string,
    options?: ErrorOptions,
  ) {
    super(`${file} cannot be used: ${flaw}`, options);
    this.name = 'BadBackup';
  }
}

export const headLine = (head: BackupHead): string => JSON.stringify({ docketBackup: head });
export const endLine = (end: BackupEnd): string => JSON.stringify({ end });

/** Undefined where the line is something else. */
export function readHead(line: string): BackupHead | undefined {
  const head = (parsed(line) as { docketBackup?: BackupHead } | undefined)?.docketBackup;
  return head && typeof head.format === 'number' ? head : undefined;
}

/** Undefined where the line is something else. */
export function readEnd(line: string): BackupEnd | undefined {
  if (!line.startsWith('{"end":')) return undefined;
  const end = (parsed(line) as { end?: BackupEnd } | undefined)?.end;
  return end && typeof end.events === 'number' && typeof end.fingerprint === 'string' ? end : undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
