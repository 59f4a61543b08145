import { TokenType } from '@streamparser/json';
import { isRounded, noteRounded, NumberTokenizer } from './rounded.js';
import type { Rounded } from './rounded.js';

/** Where a row stands in its file. */
export interface Place {
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** Which of the rows that begin on this line it is, from 1. */
  readonly nth: number;
  /** In bytes. */
  readonly offset: number;
  readonly length: number;
  /** The first of each property whose numbers are not kept to the last digit. */
  readonly rounded?: readonly Rounded[];
}

/** Where a row should be, and something else is, or one that nobody can read. */
export interface NoRow {
  readonly line: number;
  readonly nth?: number;
  readonly reason: string;
}

/** Where a document turned out to be none. */
export interface Break {
  readonly line: number;
  readonly reason: string;
  /** The first line that no row was made of: that of the break, or where the document begins if it gave no row. */
  readonly firstLine: number;
  /** Where the line of the break begins, if no document did before it. */
  readonly lineOffset?: number;
  /** The end of a line (its number and its last byte) after which reading may go on: no later line has given a row. */
  readonly resume: { readonly line: number; readonly offset: number };
}

/** An object or array that is open. Rows are looked for in lists, and in the `value` of a page. */
interface Open {
  readonly isList: boolean;
  readonly mayHoldRows: boolean;
  readonly offset: number;
  readonly line: number;
  isPage: boolean;
  hasId: boolean;
  goesOn: boolean;
  isTooDeep: boolean;
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma';

const newline = 0x0a;

/** How many objects and arrays may be in each other. Real rows have a dozen; thousands overflow the stack of whoever writes them as JSON. */
const deepest = 200;

/** A page has none of these; a row may well have a list named `value`. */
const idNames = new Set(['id', 'incidentId', 'alertId']);

/**
 * Finds the rows of a document of JSON while it comes in pieces: the objects that stand alone, in an array, or in the `value` of a page,
 * however often these are nested or follow each other. It holds no row, only where it is.
 */
export class RowScanner {
  readonly #tokenizer = new NumberTokenizer();
  readonly #open: Open[] = [];
  #found: (Place | NoRow)[] = [];
  #expected: Expected = 'value';
  /** The last one. */
  #key = '';
  #rounded = new Map<string, Rounded>();
  #begins: number | undefined;
  #resume: Break['resume'] | undefined;
  #last = { line: 0, nth: 0 };
  #lineOffset: number;
  broken: Break | undefined;
  /** The line of the last page, if that says that there are further ones. */
  lastPageGoesOn: number | undefined;

  /** `offset`, `line`: where in the file it begins, which is where a line does. */
  constructor(
    private offset: number,
    private line: number,
  ) {
    const start = (this.#lineOffset = offset);
    this.#tokenizer.onToken = ({ token, value, offset }) => this.#take(token, value, start + offset);
    this.#tokenizer.onError = (error) => this.#break(wordsOf(error));
  }

  /** The rows that end in this piece, up to where the document breaks. */
  write(piece: Uint8Array): (Place | NoRow)[] {
    this.#found = [];
    for (let from = 0; from < piece.length && !this.broken;) {
      const end = piece.indexOf(newline, from) + 1 || piece.length;
      this.offset += end - from;
      this.#tokenizer.write(piece.subarray(from, end));
      from = end;
      if (piece[end - 1] === newline && !this.broken) this.#nextLine();
    }
    return this.#found;
  }

  end(): (Place | NoRow)[] {
    this.#found = [];
    if (this.broken) return [];
    this.#tokenizer.write(Uint8Array.of(newline)); // ends a number
    if (!this.broken && this.#open.length > 0) this.#break('the file ends in the middle of it');
    return this.#found;
  }

  #nextLine(): void {
    if (this.#open.length > 0) this.#resume ??= { line: this.line, offset: this.offset - 1 };
    // Lines that were cut pile up: each would be gone through to the end of the file.
    if (this.#open.length > deepest) return this.#break(`more than ${deepest} objects and arrays are open`);
    this.line += 1;
    this.#lineOffset = this.offset;
  }

  #break(reason: string): void {
    const { line, offset } = this;
    const resume = this.#resume ?? { line, offset: offset - 1 };
    const lineOffset = this.#open.length === 0 ? { lineOffset: this.#lineOffset } : {};
    this.broken ??= { line, reason, firstLine: this.#begins ?? line, resume, ...lineOffset };
  }

  #take(token: TokenType, value: unknown, offset: number): void {
    if (this.broken) return;
    const inner = this.#open.at(-1);
    switch (token) {
      case TokenType.LEFT_BRACE:
      case TokenType.LEFT_BRACKET:
        if (!this.#expects('value', 'value or ]')) return this.#unexpected(value);
        return this.#begin(token === TokenType.LEFT_BRACKET, offset, inner);
      case TokenType.RIGHT_BRACE:
        if (inner?.isList !== false || !this.#expects('key or }', 'comma')) return this.#unexpected(value);
        return this.#end(inner, offset + 1);
      case TokenType.RIGHT_BRACKET:
        if (!inner?.isList || !this.#expects('value or ]', 'comma')) return this.#unexpected(value);
        return this.#end(inner, offset + 1);
      case TokenType.COLON:
        if (!this.#expects('colon')) return this.#unexpected(value);
        this.#expected = 'value';
        return;
      case TokenType.COMMA:
        if (!inner || !this.#expects('comma')) return this.#unexpected(value);
        this.#expected = inner.isList ? 'value' : 'key';
        return;
      default:
        if (token === TokenType.STRING && this.#expects('key', 'key or }')) {
          this.#key = value as string;
          if (idNames.has(this.#key)) inner!.hasId = true;
          this.#expected = 'colon';
          return;
        }
        if (!this.#expects('value', 'value or ]')) return this.#unexpected(value);
        if (this.#isAmongRows(inner))
          this.#found.push({ line: this.line, reason: `is no object but ${JSON.stringify(value).slice(0, 40)}` });
        if (inner) this.#expected = 'comma';
        if (inner && token === TokenType.STRING && this.#key === '@odata.nextLink') inner.goesOn = true;
        if (token === TokenType.NUMBER) this.#number(this.#tokenizer.written, value as number);
    }
  }

  #begin(isList: boolean, offset: number, inner: Open | undefined): void {
    const isPage = isList && inner?.isList === false && inner.mayHoldRows && !inner.hasId && this.#key === 'value';
    if (isPage) inner.isPage = true;
    if (!inner) this.#begins = this.line;
    const mayHoldRows = isPage || this.#isAmongRows(inner);
    if (mayHoldRows) this.#rounded.clear();
    const noticed = { isPage: false, hasId: false, goesOn: false, isTooDeep: false };
    this.#open.push({ isList, mayHoldRows, offset, line: this.line, ...noticed });
    if (this.#open.length === deepest + 1) this.#open.findLast(({ mayHoldRows }) => mayHoldRows)!.isTooDeep = true;
    this.#expected = isList ? 'value or ]' : 'key or }';
  }

  #end({ isList, mayHoldRows, isPage, hasId, goesOn, isTooDeep, offset, line }: Open, end: number): void {
    this.#open.pop();
    if (isPage) this.lastPageGoesOn = goesOn ? line : undefined;
    this.#expected = this.#open.length > 0 ? 'comma' : 'value';
    const isRow = !isList && mayHoldRows && (!isPage || hasId);
    if (isRow || this.#open.length === 0) this.#begins = this.#resume = undefined;
    if (!isRow) return;
    this.#last = { line, nth: line === this.#last.line ? this.#last.nth + 1 : 1 };
    if (isTooDeep) return void this.#found.push({ ...this.#last, reason: tooDeep });
    const rounded = this.#rounded.size > 0 ? { rounded: [...this.#rounded.values()] } : {};
    this.#found.push({ ...this.#last, offset, length: end - offset, ...rounded });
  }

  #number(written: string, value: number): void {
    if (isRounded(written, value)) noteRounded(this.#rounded, this.#key, written, value);
  }

  #isAmongRows = (inner: Open | undefined): boolean => !inner || (inner.isList && inner.mayHoldRows);

  #expects = (...states: readonly Expected[]): boolean => states.includes(this.#expected);

  #unexpected(value: unknown): void {
    this.#break(`unexpected ${JSON.stringify(value)}`);
  }
}

const tooDeep = `has more than ${deepest} objects and arrays in each other`;

/** The tokenizer tells of its states too. */
const wordsOf = ({ message }: Error): string => {
  const unexpected = /^Unexpected ("[^]*?") at /.exec(message)?.[1];
  if (unexpected === '"\n"' || unexpected === '"\r"') return 'the line ends in the middle of it';
  return unexpected ? `unexpected ${unexpected}` : 'it is not UTF-8';
};
