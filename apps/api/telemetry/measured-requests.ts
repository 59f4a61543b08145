import type { FastifyInstance } from 'fastify';
import { Meters } from '#platform';
import type { ProblemCode } from '#platform';

declare module 'fastify' {
  interface FastifyRequest {
    /** By the clock of this process, in milliseconds. */
    began: number;
  }
  interface FastifyReply {
    /** Where it is answered by a problem. */
    problemCode: ProblemCode | null;
  }
}

/**
 * Measures every request until it is answered. Not until the last byte has left: that would be the client's time. A live stream, whose
 * connection is taken over, is none.
 */
export function measureRequests(fastify: FastifyInstance): Meters {
  const meters = new Meters();
  const durations = meters.histogram('docket_http_request_duration_seconds');
  const problems = meters.counter('docket_problems_total');

  fastify.decorateRequest('began', 0);
  fastify.decorateReply('problemCode', null);
  fastify.addHook('onRequest', (request, _reply, next) => {
    request.began = performance.now();
    next();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    // Never the address itself: whoever guesses addresses would fill the memory.
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: `${Math.floor(reply.statusCode / 100)}xx` };
    durations.observe(labels, (performance.now() - request.began) / 1_000);
    if (reply.problemCode !== null) problems.inc({ code: reply.problemCode });
    done(null, payload);
  });
  return meters;
}
