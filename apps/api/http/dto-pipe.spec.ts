import { describe, expect, it } from '@jest/globals';
import { Problem } from '#platform';
import { readDto } from './dto-pipe.js';
import { Moment, Nullable, OneOf, Optional, SomeOf, Text, Texts, WholeNumber } from './fields.js';
import type { Mistake } from './invalid.js';

const description = 'A field of a test.';

class Everything {
  @Text({ max: 3, description }) text: string;
  @Optional() @Nullable() @Text({ max: 3, description }) note?: string | null;
  @Optional() @OneOf(['inProgress', 'new'], { aliases: { unknown: null, fresh: 'new' }, description }) word?: string;
  @Optional() @SomeOf(['a', 'B'], { atMost: 2, description }) words?: string[];
  @Optional() @Texts({ max: 3, atMost: 2, description }) tags?: string[];
  @Optional() @WholeNumber({ min: 1, max: 200, description }) limit?: number;
  @Optional() @Moment({ description }) time?: string;
}
class More extends Everything {
  @Optional() @Text({ max: 9, description }) more?: string;
}
class Nothing {}

const read = (raw: object) => readDto(Everything, { text: 'x', ...raw }, 'body');

function mistakes(raw: unknown, dto: new () => object = Everything): string[] {
  try {
    readDto(dto, raw, 'body');
  } catch (error) {
    if (error instanceof Problem)
      return (error.toJSON().errors as Mistake[]).map(({ name, message }) => `${name} ${message}`);
    throw error;
  }
  return [];
}

describe('a body', () => {
  it('becomes what the route declares', () => {
    const dto = read({ word: 'INPROGRESS', words: ['A', 'b'], tags: ['x'], time: '2026-01-22T12:09:23.1433333+02:00' });
    expect(dto).toBeInstanceOf(Everything);
    expect(dto).toEqual({
      text: 'x',
      word: 'inProgress',
      words: ['a', 'B'],
      tags: ['x'],
      time: '2026-01-22T10:09:23.143Z',
    });
  });

  it('counts what a reader counts, not UTF-16 units', () => {
    expect(read({ text: '𝄞𝄞𝄞' }).text).toBe('𝄞𝄞𝄞');
    expect(mistakes({ text: '𝄞𝄞𝄞𝄞' })).toEqual(['text must be text that is not blank, of at most 3 characters']);
  });

  it('tells left out from null', () => {
    expect(read({ note: null }).note).toBeNull();
    expect(mistakes({ text: 'x', tags: null })).toHaveLength(1);
    expect(mistakes({})).toEqual(['text is missing; it must be text that is not blank, of at most 3 characters']);
  });

  it('may use another spelling of a word', () => {
    expect(read({ word: 'Fresh' }).word).toBe('new');
    expect(mistakes({ text: 'x', word: 'stale' })).toEqual(['word must be one of inProgress, new']);
  });

  it('is told all its mistakes at once', () => {
    expect(
      mistakes({ text: 1, tags: ['a', 'b', 'c'], limit: 0, time: 'now', other: 1 })
        .map((said) => said.split(' ')[0])
        .sort(),
    ).toEqual(['limit', 'other', 'tags', 'text', 'time']);
  });

  it('cannot bring fields in by inheritance', () => {
    expect(mistakes(JSON.parse('{"text":"x","constructor":1,"toString":2}'))).toHaveLength(2);
    expect(mistakes({ text: 'x', more: 'y' }, More)).toEqual([]);
    expect(mistakes({ text: 'x', more: 'y' })).toHaveLength(1);
  });

  it('is empty where nothing is declared', () => {
    expect(mistakes(undefined, Nothing)).toEqual([]);
    expect(mistakes({ x: 1 }, Nothing)).toEqual(['x is not known here; nothing may be given here']);
    expect(mistakes([], Nothing)).toHaveLength(1);
  });
});

describe('a query', () => {
  it('is read from text', () => {
    const dto = readDto(
      Everything,
      { text: 'x', limit: '200', words: 'A', time: '2026-01-22T12:09:23 01:00' },
      'query',
    );
    expect(dto).toEqual({ text: 'x', limit: 200, words: ['a'], time: '2026-01-22T11:09:23.000Z' });
  });

  it.each(['201', '0', '-1', '1e2', '1.5', '', ['1', '2']])('does not take %j for a number from 1 to 200', (limit) => {
    expect(mistakes({ text: 'x', limit })).toHaveLength(1);
  });

  it.each(['2026-02-30T25:00:00Z', '2026-01-22', '2026-01-22T12:09:23', '1769083763'])(
    'does not take %s for a time',
    (time) => {
      expect(mistakes({ text: 'x', time })).toHaveLength(1);
    },
  );
});
