import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import type { Address } from './address.js';
import { mistakesIn, sentencesOf } from './problem-words.js';
import type { Problem } from './problem-words.js';

/** What a query is asked with; a list is given as often as it has values, what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Sending {
  /** The Idempotency-Key; a random one where it is not given. A request that is repeated is repeated with it. */
  readonly key?: string;
}

/** What Docket answered instead: a problem of RFC 9457. */
export class ProblemAnswer extends Refusal {
  readonly code: string;

  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(told(status, problem), status >= 500 ? exitCodes.unavailable : exitCodes.failed);
    this.name = 'ProblemAnswer';
    this.code = typeof problem.type === 'string' ? problem.type.replace('urn:docket:problem:', '') : '';
  }
}

function told(status: number, problem: Problem): string {
  if (typeof problem.title !== 'string') return `The answer was ${status}`;
  const mistakes = mistakesIn(problem);
  return mistakes.length > 0
    ? [`${problem.title}:`, ...mistakes.map((mistake) => `  ${mistake}`)].join('\n')
    : sentencesOf(problem);
}

const attempts = 5;
const timeoutMs = 60_000;

/** Speaks to a docket over HTTP. What fails for a moment only is asked again; a command is repeated under the same key. */
export class DocketClient {
  constructor(private readonly address: Address) {}

  /** Throws ProblemAnswer, Refusal where nobody answers. */
  get<T>(path: string, query: Query = {}, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    return this.json(path + search(query), { headers });
  }

  /** Throws ProblemAnswer, Refusal where nobody answers: then repeat it with the same key. */
  post<T>(path: string, body: unknown, { key = randomUUID() }: Sending = {}): Promise<T> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    return this.json(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** An answer of JSON lines as it comes, without ever being held whole. Throws as `get` does, also in the middle. */
  async *lines(path: string, query: Query = {}): AsyncGenerator<string, void, void> {
    const response = await this.send(path + search(query), {}, undefined);
    if (!response.ok) throw await problemOf(response);
    const body = Readable.fromWeb(response.body as never);
    const lines = createInterface({ input: body, crlfDelay: Infinity });
    try {
      for await (const line of lines) if (line !== '') yield line;
    } catch (cause) {
      throw this.unreachable(cause);
    } finally {
      lines.close();
      body.destroy(); // who has read enough leaves: the connection is closed
    }
  }

  private async json<T>(path: string, request: RequestInit): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await this.send(path, request, timeoutMs);
        if (response.ok) return (await response.json()) as T;
        const problem = await problemOf(response);
        if (problem.code === 'parked') throw problem; // until somebody mends it
        if ((response.status !== 503 && response.status !== 504) || attempt === attempts) throw problem;
        await sleep(1_000 * Number(response.headers.get('retry-after') ?? 1));
      } catch (error) {
        if (error instanceof ProblemAnswer || attempt === attempts || !isCut(error)) throw this.unreachable(error);
        await sleep(200 * attempt);
      }
    }
  }

  private send(path: string, request: RequestInit, timeout: number | undefined): Promise<Response> {
    return fetch(new URL(path, this.address.url), {
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${this.address.token}` },
      ...(timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout) }),
    }).catch((error: unknown) => {
      throw this.unreachable(error);
    });
  }

  private unreachable(error: unknown): unknown {
    if (error instanceof Refusal) return error;
    return new Refusal(`${this.address.url} does not answer (${reasonOf(error)})`, exitCodes.unavailable, {
      cause: error,
    });
  }
}

function search(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [value])
      if (each !== undefined) parameters.append(name, String(each));
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

async function problemOf(response: Response): Promise<ProblemAnswer> {
  const text = await response.text();
  const problem: unknown = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : {};
  return new ProblemAnswer(response.status, problem as Problem);
}

/** A connection that was refused stays refused; one that was cut may be there again in a moment. */
const isCut = (error: unknown): boolean => !['ECONNREFUSED', 'ENOTFOUND'].includes(reasonOf(error));

/** `fetch failed` tells nothing; what it was caused by does. */
export function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (!isNativeError(cause)) return message;
  return isNativeError(cause.cause) ? reasonOf(cause) : ((cause as NodeJS.ErrnoException).code ?? cause.message);
}
