import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUnicode, toUnicode } from './unicode.js';

describe('text that was cut in the middle of a character', () => {
  it('gets a sign for each half, in names too, however deep', () => {
    expect(toUnicode({ ok: '😀', list: ['a\ud83d', { 'b\udc00': '\ud800\ud800' }] })).toEqual({
      ok: '😀',
      list: ['a�', { 'b�': '��' }],
    });
  });

  it('is all that is touched: anything else stays the very value that it was', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(toUnicode(value)).toBe(value)));
    const pieces = fc.string({ unit: fc.constantFrom('a', '\ud83d', '\ude00', '😀') });
    fc.assert(
      fc.property(pieces, (text) => {
        expect(toUnicode(text)).toBe(Buffer.from(text, 'utf8').toString('utf8'));
        expect(isUnicode(text)).toBe(toUnicode(text) === text);
      }),
    );
  });

  it('keeps names that objects have from birth as mere names', () => {
    const cut = JSON.parse('{"__proto__": {"x": "\\ud800"}}') as object;
    expect(Object.entries(toUnicode(cut))).toEqual([['__proto__', { x: '�' }]]);
  });
});
