import { follow } from '#event-store';
import type { EventLog, Following } from '#event-store';
import { messageOf } from './messages.js';
import type { LiveMessage } from './messages.js';

/** The end of the log, followed for all who listen. */
export class LiveTail {
  /** Everything up to here was told: to whoever listens from now on, nothing behind it was. */
  position: bigint;
  readonly #following: Following;

  /** `after`: the position behind which it begins. */
  constructor(log: EventLog, after: bigint, tell: (message: LiveMessage) => void) {
    this.position = after;
    this.#following = follow(log, {
      name: 'live',
      after,
      handle: async (batch, position) => {
        for (const event of batch) {
          const message = messageOf(event);
          if (message) tell(message);
        }
        this.position = position;
      },
    });
  }

  stop(): Promise<void> {
    return this.#following.stop();
  }
}
