import type { Following } from '#event-store';

/** What the projector keeps running: a projection or a process manager, each of which follows the log on its own. */
export interface Process {
  readonly name: string;
  /** Begins where it left off. Called again after a failure that passes. */
  start(): Running | Promise<Running>;
  /** Ends it in order; where there is none, what `start` gave is stopped. */
  stop?(): Promise<void>;
}

export type Running = Pick<Following, 'position' | 'state' | 'failure' | 'handled' | 'done' | 'lag' | 'stop'>;
