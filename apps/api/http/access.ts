import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidToken, Problem, namesThisMachine } from '#platform';
import type { Principal, Scope, Tokens } from '#platform';

/** Who may call a route; `anybody` is for routes that tell nothing of incidents. */
export type Access = Scope | 'anybody';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token it was. Null on routes that are open to anybody. */
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
}

export interface Gate {
  readonly tokens: Tokens;
  /** Whether only this machine's own names are taken in the Host header: a defence against DNS rebinding. */
  readonly onlyThisMachine: boolean;
  /** Paths, with all below them, that anybody may read: files of the documentation, which declare nothing themselves. */
  readonly open: readonly string[];
}

/**
 * Lets nobody in without a token whose scopes allow the route. A hook before the body is read, so that a stranger's body costs
 * nothing, and 401 and 403 come before 400. Every route registered after this must say who may call it, else the start fails.
 */
export function guard(fastify: FastifyInstance, { tokens, onlyThisMachine, open }: Gate): void {
  const isOpen = (url: string) => open.some((path) => url === path || url.startsWith(`${path}/`));

  fastify.decorateRequest('principal', null);

  fastify.addHook('onRoute', ({ url, method, config }) => {
    if (config?.access === undefined && !isOpen(url))
      throw new Error(
        `${String(method)} ${url} does not say who may call it: give its method @Operation({ access: … })`,
      );
  });

  fastify.addHook('onRequest', (request, _reply, next) => {
    if (onlyThisMachine && !namesThisMachine(request.headers.host)) return next(new Problem('host-not-allowed'));
    if (request.is404) return next();
    const access = request.routeOptions.config.access ?? 'anybody';
    if (access === 'anybody') return next();

    const token = bearerToken(request);
    if (token === undefined) return next(unauthenticated());
    const known = tokens.known(token);
    if (known) return next(admit(request, known, access));
    tokens.verify(token).then(
      (principal) => next(admit(request, principal, access)),
      (error: unknown) => next(error instanceof InvalidToken ? unauthenticated(error) : (error as Error)),
    );
  });
}

function bearerToken({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(headers.authorization ?? '')?.[1];
}

function admit(request: FastifyRequest, principal: Principal, needed: Scope): Problem | undefined {
  if (!principal.scopes.has(needed)) {
    return new Problem('forbidden', { extras: { requiredScope: needed, roles: principal.roles } });
  }
  request.principal = principal;
  return undefined;
}

function unauthenticated(error?: InvalidToken): Problem {
  if (!error) return new Problem('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } });
  return new Problem('unauthenticated', {
    detail: `The token is ${error.flaw}. \`docket token --as <name> --role <role>\` prints a new one.`,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
}
