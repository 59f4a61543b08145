import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { Tokens } from '#platform';
import { guard } from './access.js';

const tokens = new Tokens(new Uint8Array(32).fill(3));

function guarded() {
  const server = fastify();
  guard(server, { tokens, onlyThisMachine: false, open: ['/docs'] });
  return server;
}

describe('a route', () => {
  it('that does not say who may call it fails at start', () => {
    expect(() => guarded().get('/secret', async () => 'told')).toThrow('GET /secret does not say who may call it');
  });

  it('may be open by its path, with all below it and nothing beside it', () => {
    expect(() => guarded().get('/docs/index.html', async () => '')).not.toThrow();
    expect(() => guarded().get('/docs2', async () => '')).toThrow('does not say who may call it');
  });

  it('is asked with a token in the one form that there is', async () => {
    const server = guarded();
    server.get('/', { config: { access: 'SecurityAlert.Read.All' } }, async (request) => request.principal?.id);
    const token = await tokens.sign({ id: 'ana', name: 'Ana', kind: 'user', roles: ['reader'] }, 60);
    const ask = async (authorization: string) => (await server.inject({ url: '/', headers: { authorization } })).body;
    expect(await ask(`Bearer ${token}`)).toBe('ana');
    expect(await ask(`bearer ${token}`)).toBe('ana');
    for (const other of [token, `Basic ${token}`, `Bearer ${token} ${token}`, `Bearer ${token}x`, 'Bearer '])
      expect(await ask(other)).not.toBe('ana');
  });
});
