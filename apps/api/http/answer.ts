import type { FastifyInstance } from 'fastify';

/** What a route answers where the body alone does not say it all. */
export class Answer<Body extends object = object> {
  constructor(
    readonly body: Body,
    readonly headers: Readonly<Record<string, string>> = {},
    /** Undefined: the route's usual one. */
    readonly status?: number,
  ) {}
}

/** Positions are beyond what a JSON number holds exactly: decimal strings. */
export const positionText = (position: bigint): string => position.toString();

/** Unpacks answers just before they are written; cheaper than an interceptor, which costs every request an Observable. */
export function unpackAnswers(fastify: FastifyInstance): void {
  fastify.addHook('preSerialization', (_request, reply, payload, done) => {
    if (!(payload instanceof Answer)) return done(null, payload);
    void reply.headers(payload.headers);
    if (payload.status !== undefined) void reply.status(payload.status);
    done(null, payload.body);
  });
}
