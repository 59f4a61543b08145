import { describe, expect, it } from '@jest/globals';
import { BadGatewayException, NotFoundException } from '@nestjs/common';
import { MongoNetworkError } from 'mongodb';
import { CommandIdReused, ConcurrentUpdates, OutcomeUnknown, StaleRevision, StoreUnavailable } from '#event-store';
import { AlertNotRouted } from '#process-managers';
import { InvalidCursor, ProjectionBehind } from '#read-model';
import { problemOf, refused } from './problem-of.js';

describe('an error', () => {
  it.each([
    [new StaleRevision('incident-1', 3, 7), 412, 'stale-revision', { currentRevision: 7 }],
    [new CommandIdReused('incident-1', 'c'), 422, 'idempotency-key-reused', {}],
    [new ConcurrentUpdates('incident-1', 5), 503, 'concurrent-updates', {}],
    [new OutcomeUnknown('incident-1', new Error('deadline')), 504, 'outcome-unknown', {}],
    [new StoreUnavailable(new Error('refused')), 503, 'store-unavailable', {}],
    [new MongoNetworkError('connection closed'), 503, 'store-unavailable', {}],
    [Object.assign(new Error('ended by the other party'), { code: 'EPIPE' }), 503, 'store-unavailable', {}],
    [
      new ProjectionBehind('incidents', 1n, 2n),
      503,
      'projection-behind',
      { projection: 'incidents', projectionPosition: '1' },
    ],
    [new AlertNotRouted('da1'), 503, 'alert-not-routed', {}],
    [new InvalidCursor(), 400, 'invalid-cursor', {}],
    [new NotFoundException(), 404, 'unknown-route', {}],
    [Object.assign(new Error('too large'), { statusCode: 413 }), 413, 'body-too-large', {}],
  ])('%s is %i %s', (error, status, code, extras) => {
    const problem = problemOf(error);
    expect([problem.status, problem.code]).toEqual([status, code]);
    expect(problem.toJSON()).toMatchObject(extras);
    if (status === 503) expect(Number(problem.headers['retry-after'])).toBeGreaterThan(0);
  });

  it.each([new Error('password=hunter2'), new BadGatewayException('hunter2'), 'hunter2', undefined, null])(
    'that nobody foresaw is internal and tells nothing: %s',
    (error) => {
      const problem = problemOf(error);
      expect(problem.code).toBe('internal');
      expect(JSON.stringify(problem)).not.toContain('hunter2');
      expect(problem.cause).toBe(error);
    },
  );
});

describe('a refusal of the domain', () => {
  it('is a problem of the same code that says what the domain says', () => {
    const refusal = { refused: 'incident-resolved', incidentId: '7' } as const;
    expect(refused(refusal).toJSON()).toMatchObject({
      status: 409,
      incidentId: '7',
      type: 'urn:docket:problem:incident-resolved',
    });
  });

  it('that no problem is named after is a defect', () => {
    expect(() => refused({ refused: 'mercury-in-retrograde' })).toThrow('no problem is named after');
  });
});
