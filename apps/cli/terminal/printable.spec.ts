import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { age, printable, printableLines, second } from './printable.js';

describe('text of others', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', '[31mred[0m'],
    ['moves of the cursor, also by C1 control characters', 'a\u001b[2Jb\u009b1Ac', 'a[2Jb1Ac'],
    ['titles of the window, and the bell', '\u001b]0;owned\u0007x', ']0;ownedx'],
    ['links', '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007', ']8;;https://evil.exampleclick]8;;'],
    ['what overwrites the line', 'seen\rhidden\bx', 'seen hiddenx'],
    ['turns of direction', 'invoice\u202Efdp.exe\u2066!\u2069', 'invoicefdp.exe!'],
    ['what takes no room', 'pay\u200Bpal\u2060\uFEFF\u00AD', 'paypal'],
    ['invisible tags', 'a\u{E0041}\u{E007F}b', 'ab'],
  ])('cannot hide or do anything: %s', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('keeps what people write', () => {
    for (const text of ['Grüße aus Tōkyō', 'אבג عربي', '端末 3', '“quoted” – 100 %'])
      expect(printable(text)).toBe(text);
  });

  it('stays on its line, of which a tab and a line break are a blank', () => {
    expect(printable('a\tb\nc\u2028d')).toBe('a b c d');
  });

  it('has its lines where it may have several, whatever ends them', () => {
    expect(printableLines('a\r\nb\nc\rd\u2028e\u2029f')).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('is without control and format characters, and printing it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});

describe('times', () => {
  const at = '2026-11-23T12:00:00.000Z';
  const now = Date.parse(at);

  it('are shown to the second', () => expect(second('2026-11-23T12:00:59.999Z')).toBe('2026-11-23 12:00:59'));

  it.each([
    [0, 'now'],
    [59_999, 'now'],
    [60_000, '1 min'],
    [99 * 60_000, '99 min'],
    [100 * 60_000, '1 h'],
    [47 * 3_600_000, '47 h'],
    [48 * 3_600_000, '2 d'],
    [-60_000, 'now'],
  ])('%d ms ago is %s', (ago, shown) => expect(age(at, now + ago)).toBe(shown));
});
