import { setTimeout as sleep } from 'node:timers/promises';
import { readEventLine } from '#audit';
import type { RecordedEvent } from '#event-store';
import type { DocketClient } from '../connection/docket-client.js';
import { ProblemAnswer } from '../connection/docket-client.js';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import { boundOf } from './moment.js';
import type { Moment } from './moment.js';

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
  constructor(
    private readonly client: Pick<DocketClient, 'lines'>,
    readonly moment: Moment,
  ) {}

  /**
   * Events as stored, in the order of positions. A connection that is cut is made anew, and every event still comes once. Throws
   * ProblemAnswer, Refusal where nobody answers any more.
   */
  async *read({ stream, after }: Wanted = {}): AsyncGenerator<RecordedEvent, void, void> {
    let position = after;
    for (let attempt = 1; ; attempt++) {
      let failure: unknown = new Refusal('The answer was cut off: try again', exitCodes.unavailable);
      try {
        const query = { ...boundOf(this.moment), stream, after: position?.toString() };
        for await (const line of this.client.lines('/v1/events', query)) {
          if (line.startsWith('{"end":')) return;
          const event = readEventLine(line);
          position = event.position;
          attempt = 1;
          yield event;
        }
      } catch (error) {
        if (!mayPass(error)) throw error;
        failure = error;
      }
      if (attempt === attempts) throw failure;
      await sleep(pauseMs * attempt);
    }
  }
}

const mayPass = (error: unknown): boolean =>
  error instanceof ProblemAnswer ? error.status >= 500 : error instanceof Refusal;
