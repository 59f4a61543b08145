import { setTimeout as sleep } from 'node:timers/promises';
import type { PartsHealth } from '#platform';
import type { DocketClient } from '../connection/docket-client.js';
import { ProblemAnswer } from '../connection/docket-client.js';
import { Refusal } from '../refusal.js';
import type { Finding } from './finding.js';
import { doubtful, ill, well } from './finding.js';
import { findingsOf } from './parts.js';

const patienceMs = 5_000;

/** Whether the docket answers at all, how its parts are, and what time it has. Nobody needs a token for that. */
export async function answering(url: string): Promise<Finding[]> {
  const about = 'address';
  const sent = Date.now();
  const live = await ask(url, '/health/live');
  const received = Date.now();
  if (live instanceof Error)
    return [ill(about, `${url} does not answer (${live.message})`, 'Start it: docket start; or give the right --url.')];
  if (!live.ok || !('parts' in ((await json(live)) ?? {})))
    return [ill(about, `${url} answers ${live.status}, but not as Docket does`, 'Give the address of a docket.')];
  return [well(about, `${url} answers`), ...(await partsOf(url)), ...clockOf(live, sent, received)];
}

const ask = (url: string, path: string): Promise<Response | Error> =>
  fetch(new URL(path, url), { signal: AbortSignal.timeout(patienceMs) }).catch((error: Error) =>
    error.cause instanceof Error ? error.cause : error,
  );

const json = async (response: Response): Promise<Record<string, unknown> | undefined> =>
  (await response.json().catch(() => undefined)) as Record<string, unknown> | undefined;

async function partsOf(url: string): Promise<Finding[]> {
  const ready = await ask(url, '/health/ready');
  const answer = ready instanceof Error ? undefined : await json(ready);
  const parts = answer?.parts as PartsHealth | undefined;
  if (!parts) return [ill('health', '/health/ready does not answer', 'What the docket writes to its log says why.')];
  return findingsOf(parts);
}

/** Of the Date header, which has whole seconds. */
const tolerableSeconds = 5;

export function clockOf({ headers }: Pick<Response, 'headers'>, sent: number, received: number): Finding[] {
  const there = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(there)) return [];
  const seconds = Math.round((there + 500 - (sent + received) / 2) / 1_000);
  const found = `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} this one`;
  if (Math.abs(seconds) <= tolerableSeconds) return [well('its clock', 'as this one')];
  return [
    doubtful('its clock', found, 'Times in the history are its own; tokens may end early or late: set the clocks.'),
  ];
}

/** What the docket makes of the token, and of which roles it speaks. */
export async function tokenTaken(client: DocketClient, token: string): Promise<Finding> {
  const about = 'token';
  const { sub = 'somebody', roles = [], exp } = claimsOf(token);
  const until = exp === undefined ? '' : `, good until ${new Date(exp * 1_000).toISOString().slice(0, 16)}Z`;
  const whose = `${sub} (${roles.join(', ') || 'no role'})${until}`;
  try {
    await client.get('/v1/incidents', { limit: 1 });
    return well(about, whose);
  } catch (error) {
    if (!(error instanceof ProblemAnswer)) throw error;
    if (error.status === 401) return ill(about, 'is not taken', error.message);
    if (error.status === 403) return ill(about, `${whose} may not read incidents`, 'Use a token of another role.');
    return ill(about, `not known: ${error.message}`, 'Ask again.');
  }
}

interface Claims {
  readonly sub?: string;
  readonly roles?: readonly string[];
  /** Seconds since 1970. */
  readonly exp?: number;
}

/** What a JWT says of itself; whether that is true, only the docket can tell. */
export function claimsOf(token: string): Claims {
  try {
    const { sub, roles, exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
    return {
      ...(typeof sub === 'string' && { sub }),
      ...(Array.isArray(roles) && { roles }),
      ...(Number.isSafeInteger(exp) && { exp: exp! }),
    };
  } catch {
    return {};
  }
}

const eventsLooked = 1_000;
const catchUpMs = 2_000;

/** Whether the queue shows what the log holds. Only who may read the log can learn it. */
export async function readModelFresh(client: DocketClient): Promise<Finding> {
  const about = 'queue';
  try {
    let behind = await eventsBehind(client);
    if (behind > 0) {
      await sleep(catchUpMs); // what was written a moment ago is on its way
      behind = Math.min(behind, await eventsBehind(client));
    }
    if (behind === 0) return well(about, 'shows everything that is in the log');
    const many = behind >= eventsLooked ? `${eventsLooked} events or more` : `${behind} events`;
    return doubtful(about, `${many} behind the log`, 'It catches up; where it does not, look at the projector.');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error instanceof ProblemAnswer && error.status === 403)
      return doubtful(about, 'how fresh it is, only auditors can learn', 'Ask with a token of an auditor or admin.');
    return doubtful(about, 'how fresh it is, is not known', error.message);
  }
}

async function eventsBehind(client: DocketClient): Promise<number> {
  const { position } = await client.get<{ position: string }>('/v1/incidents', { limit: 1 });
  let events = -1; // the last line is the end, no event
  for await (const line of client.lines('/v1/events', { after: position, limit: eventsLooked })) if (line) events += 1;
  return events;
}
