import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { wrap } from './wrap.js';

describe('a wrapped line', () => {
  it('breaks between words', () => {
    expect(wrap('a potentially malicious click', 14)).toEqual(['a potentially', 'malicious', 'click']);
  });

  it('breaks within a word that is longer than a line, but not within a character', () => {
    expect(wrap('see https://portal.example/1', 10)).toEqual(['see', 'https://po', 'rtal.examp', 'le/1']);
    expect(wrap('調査中の端末', 5)).toEqual(['調査', '中の', '端末']);
  });

  it('is one line where it is short, also where it is empty', () => {
    expect(wrap('short', 40)).toEqual(['short']);
    expect(wrap('', 40)).toEqual(['']);
  });

  it('loses nothing, and no part is wider than the room', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 4, max: 80 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});
