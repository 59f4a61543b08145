import { HttpCode, applyDecorators } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/internal';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiHeader, ApiOperation, ApiResponse, ApiSecurity, getSchemaPath } from '@nestjs/swagger';
import type { ApiHeaderOptions } from '@nestjs/swagger';
import { Problem, problems } from '#platform';
import type { ProblemCode } from '#platform';
import type { Access } from './access.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route has query parameters; a route without refuses them all. */
    takesQuery?: boolean;
    /** Whether the route takes If-Match; a command without refuses it. */
    takesMatch?: boolean;
  }
}

export interface About {
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  /** The class that describes the answer's body. */
  readonly answers: Type;
  /** 200 where not given. */
  readonly status?: number;
  /** Something that is done, not only asked: sent again with the same Idempotency-Key it is done once. */
  readonly isCommand?: boolean;
  /** Takes If-Match. */
  readonly canMatch?: boolean;
  /** Takes Docket-After. */
  readonly canWait?: boolean;
  /** Problems that are this route's own, beside those that any of its kind may have. */
  readonly problems?: readonly ProblemCode[];
  /** Bytes; that of a command where not given. */
  readonly bodyLimit?: number;
}

/** A route: who may call it, how it is described, how large its body may be. What is described is what holds. */
export const Operation =
  (about: About): MethodDecorator =>
  (target, key, descriptor) => {
    const { access, summary, description, answers, status = 200, canMatch = false, bodyLimit } = about;
    applyDecorators(
      HttpCode(status),
      RouteConfig({
        access,
        takesQuery: hasQuery(target, key),
        takesMatch: canMatch,
        ...(bodyLimit !== undefined && { bodyLimit }),
      }),
      ApiOperation({ summary, ...(description !== undefined && { description }) }),
      ApiResponse({ status, type: answers, description: 'Done.' }),
      ...(access === 'anybody' ? [] : [ApiSecurity('bearer', [access])]),
      ...headersOf(about).map((header) => ApiHeader(header)),
      ...problemResponses(problemsOf(about)),
    )(target, key, descriptor);
  };

const headersOf = ({ isCommand, canMatch, canWait }: About): ApiHeaderOptions[] => [
  ...(isCommand
    ? [
        {
          name: 'Idempotency-Key',
          description:
            'Makes a repetition safe: the same key with the same body gets the first answer, marked Idempotency-Replayed. ' +
            'What is done for each of many alone, an array of alerts or a bulk command, is not marked.',
          schema: { type: 'string' as const, maxLength: 255 },
        },
      ]
    : []),
  ...(canMatch
    ? [
        {
          name: 'If-Match',
          description: 'The ETag that you decided on. Where it is stale nothing is done.',
          example: '"7"',
        },
      ]
    : []),
  ...(canWait
    ? [
        {
          name: 'Docket-After',
          description: 'The `position` that a command answered: wait, 2 s at most, until its effect is in the answer.',
          schema: { type: 'string' as const, pattern: '^\\d+$' },
        },
      ]
    : []),
];

function problemsOf({ access, isCommand, canMatch, canWait, problems: own = [] }: About): Set<ProblemCode> {
  return new Set<ProblemCode>([
    ...(access === 'anybody'
      ? []
      : (['invalid-request', 'unauthenticated', 'forbidden', 'internal', 'store-unavailable'] as const)),
    ...(isCommand
      ? (['malformed-json', 'body-too-large', 'unsupported-media-type', 'idempotency-key-reused'] as const)
      : []),
    ...(isCommand ? (['concurrent-updates', 'outcome-unknown'] as const) : []),
    ...(canMatch ? (['stale-revision'] as const) : []),
    ...(canWait ? (['projection-behind'] as const) : []),
    ...own,
  ]);
}

/** One response for each status; its examples are the problems that have it. */
function problemResponses(codes: ReadonlySet<ProblemCode>): MethodDecorator[] {
  const statuses = new Set([...codes].map((code) => problems[code].status));
  return [...statuses].map((status) => {
    const sharing = [...codes].filter((code) => problems[code].status === status);
    return ApiResponse({
      status,
      description: sharing.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
      content: {
        'application/problem+json': {
          schema: { $ref: getSchemaPath('Problem') },
          examples: Object.fromEntries(sharing.map((code) => [code, { value: new Problem(code).toJSON() }])),
        },
      },
    });
  });
}

/** Parameters are decorated before their method: what they take is known here. */
function hasQuery(target: object, method: string | symbol): boolean {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, method) ?? {}) as object;
  return Object.keys(parameters).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}
