import { describe, expect, it } from '@jest/globals';
import type { DocketClient, Query } from '../connection/docket-client.js';
import { ProblemAnswer } from '../connection/docket-client.js';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import type { Entry } from './entry.js';
import { followed } from './followed.js';

/** A history of so many entries, in pages of `limit`; its cursor is the number of the next entry. */
class FakeHistory {
  entries = 0;
  /** Thrown in place of an answer, in turn. */
  readonly troubles: Error[] = [];
  readonly silences: string[] = [];
  connections = 0;

  readonly client = {
    get: async (_path: string, { limit, cursor }: Query) => {
      const trouble = this.troubles.shift();
      if (trouble) throw trouble;
      const from = Number(cursor ?? 0);
      const to = Math.min(this.entries, from + Number(limit));
      const value = Array.from({ length: to - from }, (_, index) => ({ revision: from + index }) as Entry);
      return { value, nextCursor: to < this.entries ? String(to) : null };
    },
  } as Pick<DocketClient, 'get'>;

  follow() {
    const pages = followed({
      connect: async () => {
        this.connections += 1;
        return this.client;
      },
      path: '/v1/incidents/1/history',
      query: {},
      onSilence: (why) => this.silences.push(why),
      pauseMs: 1,
    });
    return async (count: number) => {
      const revisions: number[] = [];
      while (revisions.length < count) revisions.push(...(await pages.next()).value.map(({ revision }) => revision));
      return revisions;
    };
  }
}

const silent = () => new Refusal('http://x does not answer (ECONNREFUSED)', exitCodes.unavailable);
const tokenEnded = () => new ProblemAnswer(401, { type: 'urn:docket:problem:unauthenticated', title: 'Who?' });
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('a history that is followed', () => {
  it('gives what there is, then what comes, each entry once', async () => {
    const history = new FakeHistory();
    const read = history.follow();
    history.entries = 120;
    expect(await read(120)).toEqual(numbers(0, 120));
    history.entries = 121;
    expect(await read(1)).toEqual([120]);
    history.entries = 300;
    expect(await read(179)).toEqual(numbers(121, 300));
  });

  it('waits for a docket that went away, tells so once, and goes on at its new address', async () => {
    const history = new FakeHistory();
    history.entries = 3;
    const read = history.follow();
    await read(3);
    history.troubles.push(silent(), silent(), silent());
    history.entries = 5;
    expect(await read(2)).toEqual([3, 4]);
    expect(history.silences).toHaveLength(1);
    expect(history.connections).toBeGreaterThan(1);
    history.troubles.push(silent());
    history.entries = 6;
    expect(await read(1)).toEqual([5]);
    expect(history.silences).toHaveLength(2);
  });

  it('goes on with a new token where the old one ended, and ends where that is not taken either', async () => {
    const history = new FakeHistory();
    history.entries = 1;
    const read = history.follow();
    await read(1);
    history.troubles.push(tokenEnded());
    history.entries = 2;
    expect(await read(1)).toEqual([1]);
    history.troubles.push(tokenEnded(), tokenEnded());
    await expect(read(1)).rejects.toThrow('Who?');
  });

  it('does not wait for a docket that never answered, nor for what is refused', async () => {
    const history = new FakeHistory();
    history.troubles.push(silent());
    await expect(history.follow()(1)).rejects.toThrow('does not answer');

    history.entries = 1;
    const read = history.follow();
    await read(1);
    history.troubles.push(new ProblemAnswer(403, { title: 'Not you' }));
    await expect(read(1)).rejects.toThrow('Not you');
  });
});
