import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problem-filter.js';
import { problemOf } from './problem-of.js';

/** How long a request may take to arrive, and a connection may stay idle. Milliseconds. */
const timeouts = { requestTimeout: 30_000, keepAliveTimeout: 72_000 } as const;

/** Fastify as Docket needs it: no log line for each request, problems for what the router itself refuses. */
export const createServer = (): FastifyAdapter =>
  new FastifyAdapter({
    ...timeouts,
    logger: false,
    // While it stops, requests on open connections are still answered, and told that the connection closes.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: true },
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, problemOf(error)),
  });
