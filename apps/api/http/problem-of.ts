import { HttpException } from '@nestjs/common';
import { EventStoreError, MalformedEvent, StaleRevision } from '#event-store';
import { Problem, isProblemCode } from '#platform';
import type { ProblemCode } from '#platform';
import { AlertNotRouted } from '#process-managers';
import { InvalidCursor, IsParked, ProjectionBehind, isStoreAway } from '#read-model';

/** A refusal of the domain as a problem of the same code. What else the refusal says goes into the problem. */
export function refused({ refused, ...extras }: { readonly refused: string }): Problem {
  if (!isProblemCode(refused)) throw new Error(`The domain refuses with "${refused}", which no problem is named after`);
  return new Problem(refused, { extras });
}

/** Errors of our own libraries. Those that are missing here are defects of ours. */
function ofOurs(error: unknown): Problem | undefined {
  if (error instanceof ProjectionBehind) {
    const { projection, position } = error;
    return new Problem('projection-behind', {
      retryAfter: 1,
      extras: { projection, projectionPosition: String(position) },
    });
  }
  if (error instanceof IsParked) return new Problem('parked', { detail: `${error.message}.`, extras: error.about });
  if (error instanceof AlertNotRouted) return new Problem('alert-not-routed', { retryAfter: 1 });
  if (error instanceof InvalidCursor) return new Problem('invalid-cursor');
  if (isStoreAway(error)) return new Problem('store-unavailable', { retryAfter: 2, cause: error });
  if (!(error instanceof EventStoreError)) return undefined;
  if (error instanceof StaleRevision)
    return new Problem('stale-revision', { extras: { currentRevision: error.actual } });
  if (error instanceof MalformedEvent) {
    const { stream, revision, type } = error;
    return new Problem('unreadable-event', { extras: { stream, revision, eventType: type }, cause: error });
  }
  return ofTheStore[error.code]?.(error);
}

const ofTheStore: Partial<Record<string, (cause: EventStoreError) => Problem>> = {
  'command-id-reused': () => new Problem('idempotency-key-reused'),
  'concurrent-updates': () => new Problem('concurrent-updates', { retryAfter: 1 }),
  'outcome-unknown': (cause) => new Problem('outcome-unknown', { retryAfter: 1, cause }),
  'store-unavailable': (cause) => new Problem('store-unavailable', { retryAfter: 2, cause }),
  'position-not-reached': () => new Problem('projection-behind', { retryAfter: 1 }),
};

/** What Fastify and Nest refuse before any of our code runs, by its status. */
const ofTheServer: Partial<Record<number, ProblemCode>> = {
  400: 'invalid-request',
  404: 'unknown-route',
  413: 'body-too-large',
  414: 'invalid-request',
  415: 'unsupported-media-type',
  431: 'header-fields-too-large',
};

/** Every error becomes a problem; one that nobody foresaw becomes `internal`, which tells nothing of its cause. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const ours = ofOurs(error);
  if (ours) return ours;
  const status =
    error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown } | null)?.statusCode;
  const code = typeof status === 'number' ? ofTheServer[status] : undefined;
  if (!code) return new Problem('internal', { cause: error });
  return code === 'invalid-request'
    ? new Problem(code, { detail: `${(error as Error).message}.`, extras: { errors: [] } })
    : new Problem(code);
}
