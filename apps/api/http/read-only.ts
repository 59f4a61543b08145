import type { FastifyInstance } from 'fastify';
import { Problem } from '#platform';

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Refuses whatever could change something, whoever asks. `because`: why, and where commands can go instead. */
export function refuseCommands(fastify: FastifyInstance, because: string): void {
  fastify.addHook('onRequest', ({ method }, _reply, next) => {
    if (reading.has(method)) return next();
    next(new Problem('method-not-allowed', { detail: because, headers: { allow: [...reading].join(', ') } }));
  });
}
