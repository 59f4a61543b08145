import { Refusal } from '../../refusal.js';
import type { ExportedFile } from './exported-file.js';
import type { Break, NoRow, Place } from './row-scanner.js';
import { RowScanner } from './row-scanner.js';

/** Lines of which no row could be made. */
export interface Unreadable {
  readonly line: number;
  readonly lastLine: number;
  readonly nth?: number;
  readonly reason: string;
}

export type Found =
  | { readonly place: Place }
  | { readonly unreadable: Unreadable }
  /** At the end: the page on this line is the last, but says that there are further ones. */
  | { readonly goesOn: number };

const newline = 0x0a;
const mark = Buffer.from('\ufeff');
const beginnings = new Set([...Buffer.from('{['), mark[0]!]);

/**
 * The rows of a file as Graph and others export it: one document or many, each on a line or over several, an object, an array, or a page
 * (`{"value": [...]}`). What is no JSON is told, and reading goes on at the next line that begins with `{` or `[`; the rows before count.
 * Files that were put together may each begin with a byte order mark.
 * Throws Refusal where the file is in another encoding.
 */
export async function* rowsOf(file: ExportedFile): AsyncGenerator<Found, void, void> {
  let begin: Beginning | undefined = { line: 1, offset: await afterMark(file, 0) };
  while (begin) {
    const scanner: RowScanner = new RowScanner(begin.offset, begin.line);
    for await (const piece of file.pieces(begin.offset)) {
      yield* scanner.write(piece).map(foundAs);
      if (scanner.broken) break;
    }
    yield* scanner.end().map(foundAs);
    if (!scanner.broken) {
      if (scanner.lastPageGoesOn !== undefined) yield { goesOn: scanner.lastPageGoesOn };
      return;
    }
    const marked: Beginning | undefined = await beginningAtMark(file, scanner.broken);
    if (marked) {
      begin = marked;
      continue;
    }
    const { next, lastLine } = await beginningAfter(file, scanner.broken);
    yield { unreadable: unreadable(scanner.broken, lastLine) };
    begin = next;
  }
}

const foundAs = (found: Place | NoRow): Found =>
  'reason' in found ? { unreadable: { ...found, lastLine: found.line } } : { place: found };

interface Beginning {
  readonly line: number;
  readonly offset: number;
}

function unreadable({ line, firstLine, reason }: Break, lastLine: number): Unreadable {
  const where = line === firstLine ? '' : ` on line ${line}`;
  return { line: firstLine, lastLine: Math.max(firstLine, lastLine), reason: `is not JSON: ${reason}${where}` };
}

/** Where a document may begin again, and the last line before it. */
async function beginningAfter(
  file: ExportedFile,
  { resume }: Break,
): Promise<{ next: Beginning | undefined; lastLine: number }> {
  let { line, offset } = resume;
  let isFirst = false; // whether the byte is the first of its line
  for await (const piece of file.pieces(offset))
    for (const byte of piece) {
      if (isFirst && beginnings.has(byte))
        return { next: { line, offset: await afterMark(file, offset) }, lastLine: line - 1 };
      isFirst = byte === newline;
      if (isFirst) line += 1;
      offset += 1;
    }
  return { next: undefined, lastLine: isFirst ? line - 1 : line };
}

/** Where the line of the break begins with a mark, and no document is open. */
async function beginningAtMark(file: ExportedFile, { line, lineOffset }: Break): Promise<Beginning | undefined> {
  if (lineOffset === undefined) return undefined;
  const offset = await afterMark(file, lineOffset);
  return offset === lineOffset ? undefined : { line, offset };
}

/** Windows programs write a byte order mark first, and some of them UTF-16. */
async function afterMark(file: ExportedFile, offset: number): Promise<number> {
  for await (const piece of file.pieces(offset)) {
    const [first, second] = piece;
    if (offset === 0 && ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)))
      throw new Refusal(`${file.name} is in UTF-16: save it in UTF-8 (PowerShell: Out-File -Encoding utf8)`);
    let at = 0;
    while (mark.equals(piece.subarray(at, at + mark.length))) at += mark.length;
    return offset + at;
  }
  return offset;
}
