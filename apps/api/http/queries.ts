import type { FastifyInstance } from 'fastify';
import { invalidRequest } from './invalid.js';

/** Refuses query parameters on routes that have none: a filter that is silently ignored answers more than was asked for. */
export function refuseNeedlessQueries(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, next) => {
    if (request.is404 || request.routeOptions.config.takesQuery !== false) return next();
    const names = Object.keys(request.query as object);
    if (names.length === 0) return next();
    next(
      invalidRequest(
        names.map((name) => ({ in: 'query', name, message: 'is not known here; nothing may be asked for' })),
      ),
    );
  });
}
