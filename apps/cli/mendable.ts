import { BadBackup, NotThisLog, RevisionTaken } from '#audit';
import { EventStoreError, StoreUnavailable } from '#event-store';
import { BadSettings, BadTokenKey } from '#platform';
import { exitCodes } from './exit-codes.js';
import { Refusal } from './refusal.js';

const mendable = [Refusal, BadSettings, BadTokenKey, EventStoreError, BadBackup, NotThisLog, RevisionTaken];

/** Whether a person can mend it: that is told in words. Anything else is a defect, and its stack helps to find it. */
export const canBeMended = (error: unknown): error is Error => mendable.some((kind) => error instanceof kind);

export function exitCodeOf(error: unknown): number {
  if (error instanceof StoreUnavailable) return exitCodes.unavailable;
  return error instanceof Refusal ? error.exitCode : exitCodes.failed;
}
