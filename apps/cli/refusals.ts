import { EventStoreError } from '#event-store';
import { BadSettings, BadTokenKey } from '#platform';
import { ExampleNotLoaded } from './examples.js';

/** Docket cannot start, for a reason that a person can mend; the message says how. */
export class CannotStart extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CannotStart';
  }
}

const mendable = [CannotStart, BadSettings, BadTokenKey, EventStoreError, ExampleNotLoaded];

/** Whether a person can mend it: that is told in words. Anything else is a defect, and its stack helps to find it. */
export const canBeMended = (error: unknown): error is Error => mendable.some((kind) => error instanceof kind);
