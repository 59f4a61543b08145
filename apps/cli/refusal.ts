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
