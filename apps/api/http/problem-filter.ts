import { Catch, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#platform';
import { problemOf } from './problem-of.js';

/** Answers every error, of ours or of the server's, as `application/problem+json` (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problems');

  /** `methodsAt`: which methods an address takes, to tell 405 from 404. */
  constructor(private readonly methodsAt: (path: string) => readonly string[]) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const problem = this.specific(problemOf(error), request);
    if (problem.code === 'internal') this.logger.error(`${request.method} ${request.url}`, problem.cause);
    sendProblem(reply, problem);
  }

  private specific(problem: Problem, { method, url }: FastifyRequest): Problem {
    if (problem.code !== 'unknown-route') return problem;
    const methods = this.methodsAt(url.split('?')[0]!);
    if (methods.length === 0 || methods.includes(method)) return problem;
    return new Problem('method-not-allowed', { headers: { allow: methods.join(', ') } });
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  reply.problemCode = problem.code;
  void reply
    .status(problem.status)
    .headers({ ...problem.headers, 'content-type': 'application/problem+json' })
    // As bytes: Fastify would add a charset to text, and this type has none.
    .send(Buffer.from(JSON.stringify(problem)));
}
