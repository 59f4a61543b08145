import { setTimeout as sleep } from 'node:timers/promises';
import { readEventLine } from '#audit';
import type { RecordedEvent } from '#event-store';
import type { DocketClient, Query } from '../connection/docket-client.js';
import { ProblemAnswer } from '../connection/docket-client.js';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import { boundOf } from './moment.js';
import type { Moment } from './moment.js';

type Client = Pick<DocketClient, 'lines'>;

export interface Wanted {
  /** One stream, or the beginning of names with a `*` behind it. */
  readonly stream?: string;
  /** Exclusive. */
  readonly after?: bigint | undefined;
}

/** How often a reading that was cut off goes on without having got any further. */
const attempts = 6;
const pauseMs = 200;

/** The log of a docket up to a moment, read over HTTP. What has happened stays as it is: it may be read any number of times. */
export class PastEvents {
  private client: Promise<Client> | undefined;

  /** `connect` is called again where a token has ended. `end`: nothing beyond that position, whatever the moment lets come later. */
  constructor(
    private readonly connect: () => Promise<Client>,
    readonly moment: Moment,
    private readonly end?: bigint,
  ) {}

  /** The same past, in which nothing comes after this position any more. */
  endingAt(position: bigint): PastEvents {
    return new PastEvents(this.connect, this.moment, position);
  }

  /**
   * Events as stored, in the order of positions. A connection that is cut is made anew, and every event still comes once. Throws
   * ProblemAnswer, Refusal where nobody answers any more.
   */
  async *read({ stream, after }: Wanted = {}): AsyncGenerator<RecordedEvent, void, void> {
    let position = after;
    let isRefused = false;
    for (let attempt = 1; ; attempt++) {
      let failure: unknown = new Refusal('The answer was cut off: try again', exitCodes.unavailable);
      try {
        const client = await (this.client ??= this.connect());
        for await (const line of client.lines('/v1/events', { ...this.bound, stream, after: position?.toString() })) {
          if (line.startsWith('{"end":')) return;
          const event = readEventLine(line);
          position = event.position;
          attempt = 1;
          isRefused = false;
          yield event;
        }
      } catch (error) {
        const hasEnded: boolean = error instanceof ProblemAnswer && error.status === 401 && !isRefused;
        if (!mayPass(error) && !hasEnded) throw error;
        this.client = undefined; // a docket that was started again is elsewhere, and a token lasts for an hour
        isRefused = hasEnded;
        failure = error;
      }
      if (attempt === attempts) throw failure;
      await sleep(pauseMs * attempt);
    }
  }

  private get bound(): Query {
    return { ...boundOf(this.moment), ...(this.end !== undefined && { upTo: String(this.end) }) };
  }
}

const mayPass = (error: unknown): boolean =>
  error instanceof ProblemAnswer ? error.status >= 500 : error instanceof Refusal;
