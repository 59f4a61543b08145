import { BadBackup, NotThisLog, RevisionTaken } from '#audit';
import { EventStoreError, StoreUnavailable } from '#event-store';
import { BadSettings, BadTokenKey } from '#platform';
import { exitCodes } from './exit-codes.js';
import { Refusal } from './refusal.js';

const mendable = [Refusal, BadSettings, BadTokenKey, EventStoreError, BadBackup, NotThisLog, RevisionTaken];

/** Whether a person can mend it: that is told in words. Anything else is a defect, and its stack helps to find it. */
export const canBeMended = (error: unknown): error is Error =>
  mendable.some((kind) => error instanceof kind) || isOfFiles(error);

/** A full disk, a folder that is missing or belongs to somebody else: the system's own words name the file. */
const isOfFiles = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'code' in error && ofFiles.has(String(error.code));

const ofFiles = new Set(['EACCES', 'EDQUOT', 'EIO', 'EISDIR', 'ENOENT', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS']);

export function exitCodeOf(error: unknown): number {
  if (error instanceof StoreUnavailable) return exitCodes.unavailable;
  return error instanceof Refusal ? error.exitCode : exitCodes.failed;
}
