import { BadBackup, NotThisLog, RevisionTaken } from '#audit';
import { EventStoreError, StoreUnavailable } from '#event-store';
import { BadSettings, BadTokenKey } from '#platform';
import { exitCodes } from './exit-codes.js';

/** The command cannot do what it is asked to, for a reason that a person can mend; the message says how. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly exitCode: number = exitCodes.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'Refusal';
  }
}

const mendable = [Refusal, BadSettings, BadTokenKey, EventStoreError, BadBackup, NotThisLog, RevisionTaken];

/** Whether a person can mend it: that is told in words. Anything else is a defect, and its stack helps to find it. */
export const canBeMended = (error: unknown): error is Error => mendable.some((kind) => error instanceof kind);

export function exitCodeOf(error: unknown): number {
  if (error instanceof StoreUnavailable) return exitCodes.unavailable;
  return error instanceof Refusal ? error.exitCode : exitCodes.failed;
}
