import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExportedFile } from './exported-file.js';
import type { Row } from './exported-file.js';
import type { Unreadable } from './rows.js';
import { rowsOf } from './rows.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'docket-rows-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Read {
  readonly rows: Row[];
  /** `line` or, from the second on a line on, `line:nth`. */
  readonly at: string[];
  readonly unreadable: Unreadable[];
  goesOn?: number;
}

async function read(content: string | Uint8Array): Promise<Read> {
  const path = join(folder, 'exported');
  await writeFile(path, content);
  return readAll(await ExportedFile.open(path));
}

async function readAll(file: ExportedFile): Promise<Read> {
  const read: Read = { rows: [], at: [], unreadable: [] };
  for await (const found of rowsOf(file)) {
    if ('goesOn' in found) read.goesOn = found.goesOn;
    else if ('unreadable' in found) read.unreadable.push(found.unreadable);
    else {
      read.rows.push(await file.row(found.place));
      read.at.push(`${found.place.line}${found.place.nth > 1 ? `:${found.place.nth}` : ''}`);
    }
  }
  await file.close();
  return read;
}

describe('an exported file', () => {
  it('may be one incident, an array, a page, or any of these one a line', async () => {
    const { rows, at, unreadable } = await read(
      '{"id":"1"}\n[{"id":"2"},{"id":"3"}]\n\n{"@odata.context":"x","value":[{"id":"4"},{"id":"5"}]}\r\n{"value":[]}\n{"id":"6"}',
    );
    expect(rows.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(at).toEqual(['1', '2', '2:2', '4', '4:2', '6']);
    expect(unreadable).toEqual([]);
  });

  it('may hold nothing', async () => {
    for (const content of ['', '\n \n', '[]', '\ufeff{"value":[]}\n'])
      expect(await read(content)).toEqual({ rows: [], at: [], unreadable: [] });
  });

  it('gives the line on which each object of a long document begins', async () => {
    const { at } = await read(JSON.stringify({ value: [{ id: '1', alerts: [{}] }, { id: '2' }] }, null, 2));
    expect(at).toEqual(['3', '9']);
  });

  it('takes pages that were put into one array', async () => {
    const { rows } = await read('[{"value":[{"id":"1"}]},{"value":[]},[{"id":"2"}]]');
    expect(rows).toEqual([{ id: '1' }, { id: '2' }]);
  });

  it('leaves a `value` alone that belongs to an alert or to its evidence', async () => {
    const row = { id: '1', alerts: [{ evidence: [{ value: [{ id: 'x' }] }] }] };
    expect((await read(JSON.stringify({ value: [row] }))).rows).toEqual([row]);
  });

  it('leaves a `value` alone that belongs to a row', async () => {
    const named = [
      { id: '1', value: [] },
      { incidentId: 2, value: [{ a: 1 }] },
      { alertId: '3', value: [{}] },
    ];
    for (const content of [named.map((row) => JSON.stringify(row)).join('\n'), JSON.stringify({ value: named })])
      expect((await read(content)).rows).toEqual(named);
    const late = { value: [{ a: 1 }], id: '4' };
    expect((await read(JSON.stringify(late))).rows).toEqual([{ a: 1 }, late]);
  });

  it('skips a row alone that is nested so deep that nobody can write it again', async () => {
    const nested = (levels: number) => `{"id":"deep","x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    const { rows, at, unreadable } = await read(`{"value":[{"id":"1"},${nested(20_000)},{"id":"2"}]}\n${nested(199)}`);
    expect(rows.map(({ id }) => id)).toEqual(['1', '2', 'deep']);
    expect(at).toEqual(['1', '1:3', '2']);
    const reason = 'has more than 200 objects and arrays in each other';
    expect(unreadable).toEqual([{ line: 1, nth: 2, lastLine: 1, reason }]);
  });

  it('of twice the length takes twice the work, even if every line was cut', async () => {
    const bytesRead = async (lines: number) => {
      const path = join(folder, 'cut');
      await writeFile(path, '{"a":[\n'.repeat(lines) + '{"id":"1"}');
      const file = await ExportedFile.open(path);
      const pieces = file.pieces.bind(file);
      let bytes = 0;
      file.pieces = async function* (offset) {
        for await (const piece of pieces(offset)) {
          bytes += piece.length;
          yield piece;
        }
      };
      const { rows, unreadable } = await readAll(file);
      expect(rows).toEqual([{ id: '1' }]);
      expect(unreadable.map(({ line }) => line)).toEqual(Array.from({ length: lines }, (_, n) => n + 1));
      return bytes;
    };
    expect((await bytesRead(3_000)) / (await bytesRead(1_500))).toBeLessThan(2.5);
  });

  it('may consist of files that each begin with a byte order mark', async () => {
    const { rows, at, unreadable } = await read(
      '\ufeff{"id":"1"}\n\ufeff{"id":"2"}\r\n\ufeff\ufeff[{"id":"\ufeff3"}]\n{"id":"cut\n\ufeff{"id":"4"}',
    );
    expect(rows.map(({ id }) => id)).toEqual(['1', '2', '\ufeff3', '4']);
    expect(at).toEqual(['1', '2', '3', '5']);
    expect(unreadable).toMatchObject([{ line: 4, lastLine: 4 }]);
  });

  it('tells a line that is no JSON, and goes on with the next', async () => {
    const { rows, unreadable } = await read(
      '{"id":"1"}\nhello\n{"id":"2"}\n{"id":"3","a":"b\n{"id":"4"\n{"id":"5"}\n"x"\n{"id":6}}\n{"id":"7"}',
    );
    expect(rows.map(({ id }) => id)).toEqual(['1', '2', '5', 6, '7']);
    expect(unreadable).toEqual([
      { line: 2, lastLine: 2, reason: 'is not JSON: unexpected "h"' },
      { line: 4, lastLine: 4, reason: 'is not JSON: the line ends in the middle of it' },
      { line: 5, lastLine: 5, reason: 'is not JSON: unexpected "{" on line 6' },
      { line: 7, lastLine: 7, reason: 'is no object but "x"' },
      { line: 8, lastLine: 8, reason: 'is not JSON: unexpected "}"' },
    ]);
  });

  it('finds the lines after one that was cut where a value may follow', async () => {
    for (const cut of [
      '{"id":"0","a":',
      '{"id":"0","alerts":[',
      '{"id":"0",',
      '{"value":[',
      '{"id":"0","a":[{"b":1},',
    ]) {
      const { rows, unreadable } = await read(`${cut}\n{"id":"1"}\n{"id":"2"}\n{"id":"3"}\n`);
      expect(rows.map(({ id }) => id)).toEqual(['1', '2', '3']);
      expect(unreadable).toHaveLength(1);
    }
  });

  it('keeps what came before a long document breaks off, and says where', async () => {
    const whole = JSON.stringify({ value: [{ id: '1' }, { id: '2' }, { id: '3' }] }, null, 2).split('\n');
    const { rows, unreadable } = await read(whole.toSpliced(9, 1, '  oops').join('\n'));
    expect(rows.map(({ id }) => id)).toEqual(['1', '2']);
    expect(unreadable).toEqual([{ line: 10, lastLine: 13, reason: 'is not JSON: unexpected "o"' }]);
    const cut = await read(whole.slice(0, 9).join('\n'));
    expect(cut.unreadable).toMatchObject([{ reason: expect.stringContaining('the file ends in the middle of it') }]);
  });

  it('tells where its last page says that there are more', async () => {
    const page = (id: string, next?: string) => JSON.stringify({ '@odata.nextLink': next, value: [{ id }] });
    expect((await read(`${page('1', 'x')}\n${page('2')}`)).goesOn).toBeUndefined();
    expect((await read(`${page('1', 'x')}\n${page('2', 'y')}\n`)).goesOn).toBe(2);
    expect((await read('{"value":[{"id":"1","a":{"@odata.nextLink":"x"}}]}')).goesOn).toBeUndefined();
  });

  it('may have among its rows what is none, which is told alone', async () => {
    const { rows, unreadable } = await read('{"value":[{"id":"1"},null,{"id":"2"},7]}\n12\n{"id":"3"}\ntrue');
    expect(rows.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(unreadable.map(({ line, reason }) => [line, reason])).toEqual([
      [1, 'is no object but null'],
      [1, 'is no object but 7'],
      [2, 'is no object but 12'],
      [4, 'is no object but true'],
    ]);
  });

  it('tells what is not UTF-8, and refuses a whole file in UTF-16', async () => {
    const { rows, unreadable } = await read(Buffer.from('{"id":"\xe9"}\n{"id":"2"}\n', 'latin1'));
    expect(rows).toEqual([{ id: '2' }]);
    expect(unreadable).toEqual([{ line: 1, lastLine: 1, reason: 'is not JSON: it is not UTF-8' }]);
    await expect(read(Buffer.from('\ufeff{"id":"1"}', 'utf16le'))).rejects.toThrow('is in UTF-16');
  });

  it('may come through a pipe', async () => {
    const input = Readable.from([Buffer.from('{"id":"1"}\n{"i'), Buffer.from('d":"2"}\n')]);
    expect((await readAll(await ExportedFile.open('-', input))).rows).toEqual([{ id: '1' }, { id: '2' }]);
  });

  it('that is not there is refused in words', async () => {
    await expect(ExportedFile.open(join(folder, 'nothing'))).rejects.toThrow(/nothing cannot be read: ENOENT/);
  });
});

describe('a number that is rounded', () => {
  const rounded = async (content: string) => {
    const path = join(folder, 'numbers');
    await writeFile(path, content);
    const file = await ExportedFile.open(path);
    const all: unknown[] = [];
    for await (const found of rowsOf(file)) if ('place' in found) all.push(found.place.rounded);
    await file.close();
    return all;
  };

  it('is told with its row, the first of each property', async () => {
    const content =
      '{"@odata.count":99999999999999999999,"value":[{"id":"1","m":[12345678901234567890,9007199254740993],"h":1e400},{"id":"2"}]}';
    expect(await rounded(content)).toEqual([
      [
        { property: 'm', from: '12345678901234567890', to: 12345678901234567000, times: 2 },
        { property: 'h', from: '1e400', to: null, times: 1 },
      ],
      undefined,
    ]);
  });

  it('is none that JSON gives again as it is', async () => {
    const same = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    await fc.assert(
      fc.asyncProperty(same, async (n) => expect(await rounded(`{"n":${JSON.stringify(n)}}`)).toEqual([undefined])),
    );
    expect(await rounded('{"n":[1.0,-0,1.50,1E2,0.1000]}')).toEqual([undefined]);
  });
});

describe('any rows', () => {
  const text = fc.string({ unit: 'binary' });
  const row = fc
    .record({ id: text, n: fc.double({ noDefaultInfinity: true, noNaN: true }), more: fc.jsonValue() })
    .map((made) => JSON.parse(JSON.stringify(made)) as Row);
  const indent = fc.constantFrom(0, 2, '\t');

  it('are read again, whatever shape they came in, with the lines on which they begin', async () => {
    const chunk = fc.record({ rows: fc.array(row), shape: fc.constantFrom('page', 'array', 'alone'), indent });
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        fc.boolean(),
        async (chunks, eol, bom) => {
          const documents = chunks.flatMap(({ rows, shape, indent }) => {
            const values = shape === 'alone' ? rows : [shape === 'page' ? { '@odata.count': 1, value: rows } : rows];
            return values.map((value) => JSON.stringify(value, null, indent).replaceAll('\n', eol));
          });
          const content = (bom ? '\ufeff' : '') + documents.join(eol);
          const { rows, at, unreadable } = await read(content);
          expect(unreadable).toEqual([]);
          expect(rows).toEqual(chunks.flatMap(({ rows }) => rows));
          const lines = content.split('\n');
          for (const each of at) expect(lines[Number(each.split(':')[0]) - 1]).toContain('{');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are all found but the one whose line is damaged, which is told by its number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), fc.nat(), fc.nat(), async (rows, which, where) => {
        const lines = rows.map((each) => JSON.stringify(each));
        const damaged = which % lines.length;
        lines[damaged] = lines[damaged]!.slice(0, 1 + (where % (lines[damaged]!.length - 1)));
        const { rows: found, unreadable } = await read(lines.join('\n'));
        expect(found).toEqual(rows.toSpliced(damaged, 1));
        expect(unreadable).toMatchObject([{ line: damaged + 1, lastLine: damaged + 1 }]);
      }),
      { numRuns: 200 },
    );
  });
});
