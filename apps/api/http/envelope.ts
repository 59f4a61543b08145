import { createHash, randomUUID } from 'node:crypto';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import { commandId } from '#event-store';
import type { Command } from '#event-store';
import { Problem } from '#platform';
import { invalid } from './invalid.js';

/** What came with a command beside its body. */
export interface Sent {
  readonly command: Command;
  /** From If-Match: the revision that the sender decided on. */
  readonly ifRevision?: number;
}

/** The command's envelope, from the token and the headers. */
export const Envelope = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return readEnvelope(request, request.routeOptions.config);
});

type Request = Pick<FastifyRequest, 'principal' | 'method' | 'url' | 'headers' | 'body'>;

export function readEnvelope(
  { principal, method, url, headers, body }: Request,
  { takesMatch = false }: Pick<FastifyContextConfig, 'takesMatch'>,
): Sent {
  if (!principal) throw new Problem('unauthenticated');
  const { id, name, kind } = principal;
  const key = idempotencyKey(headers['idempotency-key']);
  // Who sends it counts on a check: without that, nothing may be done.
  if (!takesMatch && headers['if-match'] !== undefined)
    throw invalid('header', 'If-Match', 'is not taken here: no one incident is to be as it was; leave it out');
  const ifRevision = revisionOf(headers['if-match']);
  const command = key === undefined ? randomUUID() : commandId(id, method, pathOf(url), key);
  return {
    command: {
      id: command,
      actor: { id, name, kind },
      correlationId: correlationOf(headers) ?? command,
      ...(key !== undefined && { bodyHash: hashOf(body) }),
    },
    ...(ifRevision !== undefined && { ifRevision }),
  };
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

function idempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw invalid('header', 'Idempotency-Key', 'must be 1 to 255 printable ASCII characters without spaces, e.g. a UUID');
}

/** `*` asks for any revision, which is what a command without the header does. */
function revisionOf(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const revision = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (revision === undefined)
    throw invalid('header', 'If-Match', 'must be an ETag as Docket gave it, e.g. "7" with its quotes');
  return Number(revision);
}

/** W3C trace context names the trace of the whole request; without it the sender's own id, if it looks like one. */
function correlationOf(headers: Request['headers']): string | undefined {
  const trace = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/.exec(String(headers.traceparent ?? ''))?.[1];
  if (trace !== undefined && !/^0+$/.test(trace)) return trace;
  const own = headers['x-correlation-id'];
  return typeof own === 'string' && /^[\w.:-]{1,128}$/.test(own) ? own : undefined;
}

/**
 * The same for two bodies that say the same, whatever the order of their properties.
 * @throws Problem invalid-request where it is nested thousands of levels deep
 */
export const hashOf = (body: unknown): string => createHash('sha256').update(canonical(body)).digest('hex');

function canonical(body: unknown): string {
  try {
    return JSON.stringify(body ?? null, sorted);
  } catch (error) {
    if (error instanceof RangeError) throw invalid('body', '', 'The body is nested too deep');
    throw error;
  }
}

const sorted = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;
