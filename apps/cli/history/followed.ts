import { setTimeout as sleep } from 'node:timers/promises';
import type { DocketClient, Query } from '../connection/docket-client.js';
import { ProblemAnswer } from '../connection/docket-client.js';
import type { Page } from '../connection/pages.js';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import type { Entry } from './entry.js';

export interface Following {
  /** Again where Docket was away: it may be at another address then, and the token may have ended. */
  readonly connect: () => Promise<Pick<DocketClient, 'get'>>;
  readonly path: string;
  readonly query: Query;
  /** Told once each time that nobody answers any more. */
  readonly onSilence: (why: string) => void;
  readonly pauseMs?: number;
}

const entriesPerPage = 50;

/**
 * What there is, then what comes, for ever: the page on which the end was is asked for again, and what was seen is left out. A docket
 * that goes away is waited for, once it has answered. Throws Refusal.
 */
export async function* followed(following: Following): AsyncGenerator<readonly Entry[], never, void> {
  const { connect, path, query, pauseMs = 1_000 } = following;
  let client = await connect();
  let cursor: string | undefined;
  const ask = () => client.get<Page<Entry>>(path, { ...query, limit: entriesPerPage, cursor });

  let page = await ask();
  for (let seen = -1; ;) {
    const fresh = page.value.filter(({ revision }) => revision > seen);
    seen = fresh.at(-1)?.revision ?? seen;
    if (fresh.length > 0) yield fresh;
    if (page.nextCursor === null) await sleep(pauseMs);
    else cursor = page.nextCursor;
    page = await insisted(following, async (afterTrouble) => {
      if (afterTrouble) client = await connect();
      return ask();
    });
  }
}

/** Asks until it is answered. A token that has ended is replaced once; what is refused otherwise stays refused. */
async function insisted<T>(
  { onSilence, pauseMs = 1_000 }: Following,
  ask: (afterTrouble: boolean) => Promise<T>,
): Promise<T> {
  let trouble: Refusal | undefined;
  for (;;) {
    try {
      return await ask(trouble !== undefined);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (isSilence(error)) {
        if (!trouble || !isSilence(trouble)) onSilence(error.message);
        await sleep(pauseMs);
      } else if (!hasEnded(error) || (trouble && hasEnded(trouble))) throw error;
      trouble = error;
    }
  }
}

const isSilence = ({ exitCode }: Refusal): boolean => exitCode === exitCodes.unavailable;
const hasEnded = (error: Refusal): boolean => error instanceof ProblemAnswer && error.status === 401;
