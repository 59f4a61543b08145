import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MalformedEvent } from '#event-store';
import type { RecordedEvent } from '#event-store';
import { BadEventLine, readEventLine, writeEventLine } from './index.js';

const event: RecordedEvent = {
  position: 12n,
  stream: 'incident-7',
  revision: 3,
  id: '5f0c4e0e-29d4-4f6c-8c43-3a4a4c1f6c11',
  type: 'IncidentAssigned',
  data: { assignedTo: 'ana', previous: null, alertIds: ['da1'] },
  metadata: {
    $correlationId: 'c',
    $causationId: 'd',
    actor: { id: 'ana', name: 'Ana', kind: 'user' },
    at: '2026-01-01T00:00:00.000Z',
    schema: 1,
  },
};
const written = JSON.parse(writeEventLine(event)) as Record<string, unknown>;
const without = (name: string) => Object.fromEntries(Object.entries(written).filter(([key]) => key !== name));

describe('the line of an event', () => {
  it('says all that was recorded, the position as a string', () => {
    expect(Object.keys(written)).toEqual(['position', 'stream', 'revision', 'id', 'type', 'data', 'metadata']);
    expect(written).toEqual({ ...event, position: '12' });
  });

  it('gives the very same event back, whatever it holds', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ noUnicodeString: false }));
    fc.assert(
      fc.property(
        fc.record({
          position: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
          stream: fc.string({ minLength: 1, unit: 'binary' }),
          revision: fc.nat(),
          id: fc.uuid(),
          type: fc.string({ minLength: 1 }),
          data: object,
          metadata: object,
        }),
        (any) => {
          const line = writeEventLine(any as unknown as RecordedEvent);
          expect(line).not.toContain('\n');
          const read = readEventLine(line);
          expect({ ...read, data: null, metadata: null }).toEqual({ ...any, data: null, metadata: null });
          expect(JSON.stringify([read.data, read.metadata])).toBe(JSON.stringify([any.data, any.metadata]));
          expect(writeEventLine(read)).toBe(line);
        },
      ),
    );
  });

  it('is not written where a stranger’s data are no JSON object, and names the event', () => {
    for (const data of [undefined, null, 'text', 3, new Uint8Array([1])]) {
      const write = () => writeEventLine({ ...event, data } as unknown as RecordedEvent);
      expect(write).toThrow(MalformedEvent);
      expect(write).toThrow(/Event 3 of incident-7 \(IncidentAssigned\) holds data that is not a JSON object/);
    }
    expect(() => writeEventLine({ ...event, metadata: 'text' } as unknown as RecordedEvent)).toThrow(/metadata/);
  });

  it('is written for a stranger’s event that has no metadata', () => {
    const bare = { ...event, metadata: undefined } as unknown as RecordedEvent;
    expect(readEventLine(writeEventLine(bare))).toEqual({ ...event, metadata: {} });
  });
});

describe('what is no line of an event', () => {
  it.each<[string, unknown, string | RegExp]>([
    ['half a line', writeEventLine(event).slice(0, 80), 'it is not JSON, or was cut off'],
    ['nothing', '', 'it is not JSON'],
    ['a list', [written], 'it is not a JSON object'],
    ['null', null, 'it is not a JSON object'],
    ['the end of an answer', { end: { position: '12' } }, 'it has a field "end", which no event has'],
    ['a field of Object', { ...written, toString: 1 }, 'it has a field "toString"'],
    ...Object.keys(written).map((name): [string, unknown, string] => [
      `an event without ${name}`,
      without(name),
      `${name} is missing`,
    ]),
    ['a position as a number', { ...written, position: 12 }, 'position must be a decimal number below 2^63'],
    ['a position that is too large', { ...written, position: '9223372036854775808' }, 'position must be'],
    ['a position with a leading zero', { ...written, position: '012' }, 'position must be'],
    ['a revision below 0', { ...written, revision: -1 }, 'revision must be a whole number from 0'],
    ['half a revision', { ...written, revision: 0.5 }, 'revision must be'],
    ['a stream without a name', { ...written, stream: '' }, 'stream must be'],
    ['an id that is no UUID', { ...written, id: '7' }, 'id must be a UUID'],
    ['a type that is no text', { ...written, type: 7 }, 'type must be'],
    ['data that is text', { ...written, data: '{}' }, 'data must be a JSON object'],
    ['metadata that is null', { ...written, metadata: null }, 'metadata must be a JSON object'],
  ])('%s is refused, and why is said', (_, line, message) => {
    const read = () => readEventLine(typeof line === 'string' ? line : JSON.stringify(line));
    expect(read).toThrow(BadEventLine);
    expect(read).toThrow(message);
  });
});
