import type { FastifyError, FastifyInstance } from 'fastify';
import { Problem } from '#platform';

const KiB = 1_024;
/** Bytes. */
export const bodyLimits = { command: 256 * KiB, intake: 16 * KiB * KiB, alert: 512 * KiB } as const;

/** Of what came as JSON, in bytes. */
export const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Bytes; the default is that of a command. */
    bodyLimit?: number;
  }
}

/** JSON and NDJSON, nothing else. A command that needs no body may come with an empty one, whatever type it declares. */
export function parseBodies(fastify: FastifyInstance): void {
  // `__proto__` is a name like any other: whatever copies what came here makes own properties of it (body-parsers.spec.ts).
  const parseJson = fastify.getDefaultJsonParser('ignore', 'ignore');
  fastify.removeAllContentTypeParsers();

  fastify.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string', bodyLimit: bodyLimits.command },
    (request, body, done) => {
      if (body === '') return done(null, undefined);
      void parseJson(request, body, (error: Error | null, parsed?: unknown) =>
        done(error ? malformed((error as FastifyError).message) : null, parsed),
      );
    },
  );
  fastify.addContentTypeParser<string>(
    'application/x-ndjson',
    { parseAs: 'string', bodyLimit: bodyLimits.command },
    (_request, body, done) => done(null, parseLines(body)),
  );

  fastify.addHook('onRoute', (route) => {
    if (route.config?.bodyLimit !== undefined) route.bodyLimit = route.config.bodyLimit;
  });
}

/** One value a line; a line that is not JSON becomes the problem that it is, so that the others can go on. */
export function parseLines(text: string): unknown[] {
  return text.split('\n').flatMap((line, index): unknown[] => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line)];
    } catch (error) {
      return [malformed(`Line ${index + 1}: ${(error as Error).message}`)];
    }
  });
}

const malformed = (what: string) =>
  new Problem('malformed-json', { detail: `${what}. Send one JSON document in UTF-8.` });
