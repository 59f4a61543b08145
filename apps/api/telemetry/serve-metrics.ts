import type { FastifyInstance } from 'fastify';
import { expositionOf, expositionType } from '#platform';
import type { MetricsSource } from '#platform';
import type { Access } from '../http/access.js';

/** `GET /metrics`, for Prometheus. Numbers only: nothing of incidents. */
export function serveMetrics(fastify: FastifyInstance, access: Access, sources: readonly MetricsSource[]): void {
  fastify.get('/metrics', { config: { access, takesQuery: false } }, async (_request, reply) => {
    const text = await expositionOf(sources);
    return reply.header('content-type', expositionType).header('cache-control', 'no-store').send(text);
  });
}
