import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anEntry } from './testing/entry.js';
import { mayBeFormula, spreadsheetRows, spreadsheetTitles } from './spreadsheet.js';

/** As a spreadsheet reads it: RFC 4180. */
function cellsOf(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (quoted === undefined && plain === '' && end === '') break;
    row.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
const commentOf = (comment: string) => cellsOf(spreadsheetRows([anEntry({ comment })]))[0]![10];

describe('a cell that a spreadsheet would calculate', () => {
  it.each([
    ['=', '=HYPERLINK("https://evil.example";"click")'],
    ['+', '+1+cmd|"/C calc"!A0'],
    ['-', '-2+3'],
    ['@', '@SUM(1+1)'],
    ['tab', '\t1'],
    ['carriage return', '\r1'],
    ['line feed', '\n1'],
    ['leading quotation marks', '""=1+1'],
    ['leading blanks', '   =1+1'],
    ['leading no-break space', '\u00A0=1+1'],
    ['leading ideographic space', '\u3000=1+1'],
    ['leading zero width space', '\u200B=1+1'],
    ['leading byte order mark', '\uFEFF=1+1'],
    ['leading control character', '\u0000=1+1'],
    ['full-width =', '＝1+1'],
    ['full-width +', '＋1'],
    ['full-width -', '－1'],
    ['full-width @', '＠SUM(1)'],
    ['small =', '﹦1+1'],
    ['small @', '﹫SUM(1)'],
    ['minus sign', '−1'],
  ])('is text: %s', (_what, cell) => expect(commentOf(cell)).toBe(`'${cell}`));

  it.each(['Reimaged.', 'a = b', '1 - 2', 'kim@contoso.example', "'quoted'", '', '端末 = 3', '4.1 GB'])(
    'is not one that begins otherwise: %s',
    (cell) => expect(commentOf(cell)).toBe(cell),
  );

  it.each([
    ['x;=1+1;y', "x;'=1+1;y"],
    ['x; "=1+1";@y', `x;' "=1+1";'@y`],
    ['x\t+1', "x\t'+1"],
    ['First.\r\n=1+1', "First.\r\n'=1+1"],
    ['\n=1+1', "'\n'=1+1"],
    ['a = b; c - d', 'a = b; c - d'],
  ])('is text also where a list separator that is not ours, or a line break, begins it: %j', (cell, text) =>
    expect(commentOf(cell)).toBe(text),
  );

  it('is none, wherever the text of others stands', () => {
    const nasty = '=1+1';
    const rows = cellsOf(
      spreadsheetRows([
        anEntry({
          type: nasty,
          actor: { id: nasty, name: nasty, kind: 'user' },
          alertIds: [nasty],
          changes: [{ property: nasty, from: nasty, to: nasty }],
          comment: nasty,
          imported: { by: nasty, at: nasty },
        }),
      ]),
    );
    for (const cell of rows.flat()) expect(mayBeFormula(cell)).toBe(false);
    expect(rows.flat().filter((cell) => cell === `'${nasty}`)).toHaveLength(10);
  });
});

describe('entries as CSV', () => {
  it('have one row a change, and one where nothing changed', () => {
    const csv = spreadsheetRows([
      anEntry({
        type: 'IncidentClassified',
        kind: 'audit',
        changes: [
          { property: 'classification', from: null, to: 'truePositive' },
          { property: 'determination', from: null, to: 'malware' },
        ],
        comment: 'Sure.',
      }),
      anEntry({ alertId: 'a', comment: 'Looking.', imported: { by: 'lee', at: null } }),
    ]);
    const titles = cellsOf(spreadsheetTitles())[0]!;
    const rows = cellsOf(csv).map(
      (cells) => Object.fromEntries(cells.map((cell, index) => [titles[index], cell])) as object,
    );
    expect(rows).toMatchObject([
      { revision: '7', actorName: 'Kim', property: 'classification', from: '', to: 'truePositive', comment: 'Sure.' },
      { revision: '7', property: 'determination', to: 'malware', comment: '' },
      { type: 'IncidentCommented', alertIds: 'a', property: '', comment: 'Looking.', writtenBy: 'lee', writtenAt: '' },
    ]);
  });

  it('give back every text, but for apostrophes, and no part of it as a formula', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom(...';\t\r\n=+-@" x'),
    );
    fc.assert(
      fc.property(fc.string({ unit }), (comment) => {
        const cell = commentOf(comment)!;
        expect(cell.replaceAll("'", '')).toBe(comment.replaceAll("'", ''));
        for (const part of cell.split(/[;\t\r\n]/)) expect(mayBeFormula(part)).toBe(false);
        if (!/[;\t\r\n"=+@−-]/.test(comment.normalize('NFKC'))) expect(cell).toBe(comment);
      }),
    );
  });
});
