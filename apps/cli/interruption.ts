import { constants } from 'node:os';

/**
 * From now on whoever interrupts the program ends it so that what was registered for its `exit` is still done. A terminal that is closed
 * is left alone: with nohup the work has to go on.
 */
export function exitWhenInterrupted(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
