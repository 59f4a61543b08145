import type { FastifyInstance } from 'fastify';

/**
 * Lets a stop end as soon as the last answer is given. Fastify closes the connections that are idle when it stops; one that is busy
 * then would be kept open for the client's next request, and the stop would wait for it.
 */
export function releaseConnections(fastify: FastifyInstance): void {
  let isStopping = false;
  fastify.addHook('preClose', (done) => {
    isStopping = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (isStopping) void reply.header('connection', 'close');
    done(null, payload);
  });
}
