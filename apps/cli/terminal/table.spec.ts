import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'string-width';
import type { Column } from './table.js';
import { table } from './table.js';

interface Row {
  readonly id: number;
  readonly owner: string | null;
  readonly name: string;
}
const columns: readonly Column<Row>[] = [
  { title: 'id', value: ({ id }) => id, align: 'right' },
  { title: 'owner', value: ({ owner }) => owner, least: 6 },
  { title: 'name', value: ({ name }) => name, exactly: ({ name }) => `exactly ${name}`, least: 20 },
];
const row = (id: number, name: string, owner: string | null = null): Row => ({ id, name, owner });
const linesOf = (text: string) => text.trimEnd().split('\n');

describe('a table in a terminal', () => {
  it('has titles, and numbers to the right', () => {
    expect(table([row(7, 'Phishing', 'kim'), row(112, 'Malware')], columns, 80).split('\n')).toEqual([
      ' id  owner  name',
      '  7  kim    Phishing',
      '112         Malware',
      '',
    ]);
  });

  it('is its titles alone where nothing is to be shown', () => {
    expect(table([], columns, 80)).toBe('id  owner  name\n');
  });

  it('fits into 80 columns, and takes what is too much from the widest', () => {
    const [, line] = linesOf(table([row(1, 'x'.repeat(200), 'kim')], columns, 80));
    expect(line).toHaveLength(80);
    expect(line).toMatch(/^ 1 {2}kim {4}x+…$/);
  });

  it('fits into each width, wherever in a wide character the cut falls', () => {
    for (let width = 40; width < 80; width++)
      for (const line of linesOf(table([row(1, '端末 x'.repeat(30), '端末 x'.repeat(30))], columns, width)))
        expect(stringWidth(line)).toBeLessThanOrEqual(width);
  });

  it('never cuts a column that does not allow it, nor one below its least', () => {
    const [, line] = linesOf(table([row(123_456_789, 'x'.repeat(50), 'somebody@example')], columns, 10));
    expect(line).toBe(`123456789  someb…  ${'x'.repeat(19)}…`);
  });

  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom('調査中の端末', '👩‍👩‍👧 family', 'é́'),
  );
  const rows = fc.array(fc.record({ id: fc.nat(), owner: fc.option(text), name: text }), { maxLength: 8 });

  it('stands in columns whatever the width of its characters', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 45, max: 120 }), (all, width) => {
        const lines = linesOf(table(all, columns, width));
        expect(lines).toHaveLength(all.length + 1);
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('a table in a pipe', () => {
  it('has neither titles nor cuts, and tabs between the exact values', () => {
    expect(table([row(1, 'x'.repeat(300), 'kim')], columns, undefined)).toBe(`1\tkim\texactly ${'x'.repeat(300)}\n`);
    expect(table([], columns, undefined)).toBe('');
  });

  it('has a line a row and as many values as columns, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (names) => {
        const lines = table(
          names.map((name, id) => row(id, name, name)),
          columns,
          undefined,
        )
          .split('\n')
          .slice(0, -1);
        expect(lines).toHaveLength(names.length);
        for (const line of lines) expect(line.split('\t')).toHaveLength(columns.length);
      }),
    );
  });
});
