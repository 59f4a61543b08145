import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Whether the sender would rather have an answer at once than the whole of it: `Prefer: respond-async` (RFC 7240). */
export const PrefersAsync = createParamDecorator((_: unknown, context: ExecutionContext) =>
  prefersAsync(context.switchToHttp().getRequest<FastifyRequest>().headers.prefer),
);

/** The headers of an answer that was given at once. */
export const answeredAtOnce = { 'preference-applied': 'respond-async' };

const wellFormed = /^(?:"(?:[^"\\]|\\.)*"|[^"])*$/;
const preferences = /(?:"(?:[^"\\]|\\.)*"|[^",])+/g;

/** Preferences that nobody here knows, and a header that cannot be read, are passed over, as the RFC asks. */
export function prefersAsync(header: string | string[] | undefined): boolean {
  const text = [header ?? []].flat().join(',');
  if (!wellFormed.test(text)) return false;
  return (text.match(preferences) ?? []).some((preference) =>
    /^\s*respond-async\s*(?:=\s*""\s*)?(?:;|$)/i.test(preference),
  );
}
