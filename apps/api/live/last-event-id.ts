import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalid } from '../http/invalid.js';
import { isPosition } from '../http/position.js';

/** Header Last-Event-ID, which a client sends that comes again: the position of the last message that it got. */
export const LastEventId = createParamDecorator((_: unknown, context: ExecutionContext) =>
  readLastEventId(context.switchToHttp().getRequest<FastifyRequest>().headers['last-event-id']),
);

export function readLastEventId(header: string | string[] | undefined): bigint | undefined {
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && isPosition(header)) return BigInt(header);
  throw invalid('header', 'Last-Event-ID', 'must be the id of a message that came from here: a decimal number');
}
