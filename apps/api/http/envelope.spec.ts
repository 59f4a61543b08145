import { describe, expect, it } from '@jest/globals';
import type { Principal } from '#platform';
import { hashOf, readEnvelope } from './envelope.js';

const principal: Principal = { id: 'ana', name: 'Ana', kind: 'user', roles: [], scopes: new Set(), expiresAt: 0 };
const request = { principal, method: 'POST', url: '/v1/incidents/1/rename', headers: {}, body: { displayName: 'a' } };
const read = (sent: Parameters<typeof readEnvelope>[0]) => readEnvelope(sent, { takesMatch: true });
const withKey = (key: string) => ({ ...request, headers: { 'idempotency-key': key } });
const idOf = (sent: Parameters<typeof readEnvelope>[0]) => read(sent).command.id;

describe('what comes with a command', () => {
  it('has an id of its own where there is no key', () => {
    expect(idOf(request)).not.toBe(idOf(request));
    expect(read(request).command.bodyHash).toBeUndefined();
  });

  it('has the same id for the same key of the same sender to the same address', () => {
    expect(idOf(withKey('k'))).toBe(idOf(withKey('k')));
    expect(idOf(withKey('k'))).toBe(idOf({ ...withKey('k'), url: '/v1/incidents/1/rename?' }));
    const others = [
      withKey('l'),
      { ...withKey('k'), principal: { ...principal, id: 'bob' } },
      { ...withKey('k'), url: '/v1/incidents/2/rename' },
    ];
    expect(new Set([idOf(withKey('k')), ...others.map(idOf)]).size).toBe(4);
  });

  it('names who sent it, never from the body', () => {
    expect(read({ ...request, body: { actor: 'eve' } }).command.actor).toEqual({
      id: 'ana',
      name: 'Ana',
      kind: 'user',
    });
  });

  it('is its own correlation, unless it is part of something', () => {
    const { command } = read(request);
    expect(command.correlationId).toBe(command.id);
    const correlated = (headers: Record<string, string>) => read({ ...request, headers }).command.correlationId;
    expect(correlated({ 'x-correlation-id': 'ticket-7' })).toBe('ticket-7');
    expect(correlated({ 'x-correlation-id': 'line\nbreak' })).not.toBe('line\nbreak');
    expect(correlated({ traceparent: `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01` })).not.toBe('0'.repeat(32));
  });

  it('takes `*` for any revision', () => {
    expect(read({ ...request, headers: { 'if-match': '*' } }).ifRevision).toBeUndefined();
    expect(read({ ...request, headers: { 'if-match': '"12"' } }).ifRevision).toBe(12);
  });

  it.each(['12', 'W/"12"', '"1", "2"', '"-1"', '""'])('does not take %s for an ETag', (etag) => {
    expect(() => read({ ...request, headers: { 'if-match': etag } })).toThrow('If-Match');
  });

  it.each(['"12"', '*'])('is refused with If-Match %s where no revision is looked at', (etag) => {
    expect(() => readEnvelope({ ...request, headers: { 'if-match': etag } }, {})).toThrow('If-Match is not taken here');
    expect(readEnvelope(request, {}).ifRevision).toBeUndefined();
  });
});

describe('the hash of a body', () => {
  it('is the same in whatever order its properties come', () => {
    expect(hashOf({ a: 1, b: { c: [1, 2], d: null } })).toBe(hashOf({ b: { d: null, c: [1, 2] }, a: 1 }));
  });

  it('differs where the body does', () => {
    expect(
      new Set([{}, { a: null }, { a: 1 }, { a: '1' }, { a: [1, 2] }, { a: [2, 1] }, undefined].map(hashOf)).size,
    ).toBe(7);
  });
});
