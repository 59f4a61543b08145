import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#platform';
import { sendProblem } from './problem-filter.js';
import { problemOf } from './problem-of.js';

/** How long a request may take to arrive, and a connection may stay idle. Milliseconds. */
const timeouts = { requestTimeout: 30_000, keepAliveTimeout: 72_000 } as const;

/** Fastify as Docket needs it: no log line for each request, and problems for what the server refuses before it has a route. */
export const createServer = (): FastifyAdapter =>
  new FastifyAdapter({
    ...timeouts,
    logger: false,
    // While it stops, requests on open connections are still answered, and told that the connection closes.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, problemOf(error)),
    clientErrorHandler: refuseConnection,
  });

/** What came is not HTTP, or not all of it came: there is no request that could be answered, only the connection. */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = malformed(error);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} Refused\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function malformed({ code }: { code?: string }): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request-timeout');
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('header-fields-too-large');
  return new Problem('invalid-request', { detail: 'What came is not an HTTP request.', extras: { errors: [] } });
}
