import { setTimeout as sleep } from 'node:timers/promises';
import { follow } from '#event-store';
import type { EventLog, Following } from '#event-store';
import { decoded, messageOf, messageOfStored } from './messages.js';
import type { LiveMessage } from './messages.js';

const pauseMs = 200;

/**
 * The end of the log, followed for as long as it lives: a connection that breaks is made again, and an event that cannot be understood is
 * told as such and passed over.
 */
export class LiveTail {
  /** Everything up to here was told. */
  position: bigint;
  #following: Following | undefined;
  #hasEnded = false;
  readonly #done: Promise<void>;

  /** `after`: the position behind which it begins. */
  constructor(
    private readonly log: EventLog,
    after: bigint,
    private readonly tell: (message: LiveMessage) => void,
  ) {
    this.position = after;
    this.#done = this.#goOn();
  }

  async stop(): Promise<void> {
    this.#hasEnded = true;
    await this.#following?.stop();
    await this.#done;
  }

  async #goOn(): Promise<void> {
    while (!this.#hasEnded) {
      this.#following = follow(this.log, {
        name: 'live',
        after: this.position,
        handle: async (batch, position) => {
          for (const event of batch) this.#pass(messageOf(event));
          this.position = position;
        },
      });
      await this.#following.done;
      if (!this.#hasEnded) await this.#passUnreadable().catch(() => sleep(pauseMs)); // what cannot be reached now is tried again
    }
  }

  /** What follows an unreadable event cannot be subscribed to before that is behind. */
  async #passUnreadable(): Promise<void> {
    for await (const stored of this.log.readAll({ after: this.position, asStored: true })) {
      this.#pass(messageOfStored(stored));
      this.position = stored.position;
      if (this.#hasEnded || !decoded(stored)) return;
    }
  }

  #pass(message: LiveMessage | undefined): void {
    if (message) this.tell(message);
  }
}
