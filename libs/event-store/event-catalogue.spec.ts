import { describe, expect, it } from '@jest/globals';
import { catalogue, MalformedEvent, type StoredEvent } from './index.js';

const stored = (more: Partial<StoredEvent>): StoredEvent => ({
  id: '00000000-0000-4000-8000-000000000001',
  stream: 'tally-1',
  revision: 7,
  position: 42n,
  type: 'Added',
  data: { amount: 1 },
  metadata: { schema: 1, at: '2026-01-01T00:00:00.000Z' },
  ...more,
});

const threeSchemas = () =>
  catalogue({
    Added: {
      schema: 3,
      upcast: {
        1: ({ amount }: { amount: number }) => ({ cents: amount * 100 }),
        2: ({ cents }: { cents: number }) => ({ cents, currency: 'EUR' }),
      },
    },
  });

describe('the catalogue', () => {
  it('brings an old event up to today, one schema after the other', () => {
    expect(threeSchemas().decode(stored({})).data).toEqual({ cents: 100, currency: 'EUR' });
    expect(threeSchemas().decode(stored({ data: { cents: 5 }, metadata: { schema: 2 } })).data).toEqual({
      cents: 5,
      currency: 'EUR',
    });
  });

  it('leaves an event of today as it is, with all that was recorded', () => {
    const event = stored({});
    expect(catalogue({ Added: 1 }).decode(event)).toEqual(event);
  });

  it('says which schema to write, and refuses to write what it does not name', () => {
    expect(threeSchemas().schemaOf('Added')).toBe(3);
    expect(() => threeSchemas().schemaOf('Removed')).toThrow(/no event type Removed: add it/);
  });

  it('delivers unknown types and newer schemas as they are, and counts them', () => {
    const types = catalogue({ Added: 1 });
    const newer = stored({ data: { anything: true }, metadata: { schema: 9 } });
    expect(types.decode(newer)).toEqual(newer);
    expect(types.decode(stored({ type: 'FromElsewhere', data: { x: 1 }, metadata: undefined }))).toMatchObject({
      data: { x: 1 },
      metadata: {},
    });
    types.decode(stored({ type: 'FromElsewhere', data: 'not even JSON' }));
    expect(Object.fromEntries(types.unknown)).toEqual({ 'Added@9': 1, FromElsewhere: 2 });
  });

  it.each([
    ['data that is not JSON', { data: '{"amount":' }, /holds data that is not JSON/],
    ['data that is no object', { data: 3 }, /not a JSON object/],
    ['data in bytes', { data: new Uint8Array([1]) }, /not a JSON object/],
    ['no metadata', { metadata: undefined }, /holds no metadata/],
    ['metadata without a schema', { metadata: {} }, /no schema/],
  ])('stops at %s, naming stream and revision', (_, more, message) => {
    const decode = () => catalogue({ Added: 1 }).decode(stored(more));
    expect(decode).toThrow(MalformedEvent);
    expect(decode).toThrow(message);
    expect(decode).toThrow(/Event 7 of tally-1 \(Added\)/);
  });

  it('stops at an event that its upcaster cannot read', () => {
    const types = catalogue({ Added: { schema: 2, upcast: { 1: ({ a }: { a: { b: object } }) => a.b } } });
    expect(() => types.decode(stored({ data: {} }))).toThrow(/could not be brought from schema 1 to 2/);
  });

  it('cannot be made with a gap between the schemas', () => {
    expect(() => catalogue({ Added: { schema: 3, upcast: { 1: (data: object) => data } } })).toThrow(
      /no upcaster from schema 2 to 3/,
    );
    expect(() => catalogue({ Added: 0 })).toThrow(/an integer from 1/);
  });
});
