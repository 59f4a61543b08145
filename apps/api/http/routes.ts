import type { FastifyInstance } from 'fastify';

/** Remembers which addresses there are, and answers which methods each takes. */
export function rememberRoutes(fastify: FastifyInstance): (path: string) => readonly string[] {
  const methods = new Map<string, { matches: RegExp; methods: Set<string> }>();

  fastify.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? { matches: pattern(url), methods: new Set<string>() };
    for (const each of [method].flat()) known.methods.add(each);
    methods.set(url, known);
  });

  return (path) => [
    ...new Set([...methods.values()].flatMap((route) => (route.matches.test(path) ? [...route.methods] : []))),
  ];
}

/** `/v1/incidents/:id/rename` → every path with one segment in the place of `:id`. */
function pattern(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment === '*') return '.*';
    return segment.startsWith(':') ? '[^/]+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${segments.join('/')}$`);
}
