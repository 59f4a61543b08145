import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalid } from './invalid.js';
import { isPosition } from './position.js';

/** Header Docket-After: the position of a command's answer, which the query's answer must not be older than. */
export const DocketAfter = createParamDecorator((_: unknown, context: ExecutionContext) =>
  readDocketAfter(context.switchToHttp().getRequest<FastifyRequest>().headers['docket-after']),
);

export function readDocketAfter(header: string | string[] | undefined): bigint | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && isPosition(header)) return BigInt(header);
  throw invalid('header', 'Docket-After', 'must be a position as a command answered it: a decimal number');
}
