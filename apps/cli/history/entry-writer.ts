import { print, printJson, printLine, terminalWidth } from '../terminal/output.js';
import type { Format } from '../terminal/output.js';
import { table } from '../terminal/table.js';
import type { AlertTitles } from './alert-titles.js';
import { Causes } from './causes.js';
import { entryBlock } from './entry-block.js';
import { entryColumns } from './entry-columns.js';
import type { Entry } from './entry.js';
import { byteOrderMark, spreadsheetRows, spreadsheetTitles } from './spreadsheet.js';

/** Gives out entries as they come, a page at a time. */
export interface EntryWriter {
  write(entries: readonly Entry[]): Promise<void>;
  end(): Promise<void>;
}

const nothing = () => Promise.resolve();

export function writerOf(format: Format, titles: AlertTitles): EntryWriter {
  if (format === 'json') return jsonWriter();
  if (format === 'ndjson') return { write: async (entries) => eachOf(entries, printLine), end: nothing };
  const width = terminalWidth();
  const known = { titles, causes: new Causes() };
  return {
    async write(entries) {
      if (width === undefined) return print(table(entries, entryColumns, undefined));
      for (const entry of entries) known.causes.note(entry); // with the newest first, a cause comes behind
      return eachOf(entries, async (entry) => print(`${(await entryBlock(entry, known, width)).join('\n')}\n`));
    },
    end: nothing,
  };
}

/** `bom`: with a byte order mark. */
export function csvWriter(bom: boolean): EntryWriter {
  let titles = (bom ? byteOrderMark : '') + spreadsheetTitles();
  const write = async (entries: readonly Entry[]) => {
    await print(titles + spreadsheetRows(entries));
    titles = '';
  };
  return { write, end: () => write([]) };
}

/** One document, of which no more than a page is held. */
function jsonWriter(): EntryWriter {
  let isFirst = true;
  return {
    async write(entries) {
      for (const entry of entries) {
        await print(`${isFirst ? '{ "value": [' : ','}\n${JSON.stringify(entry, null, 2)}`);
        isFirst = false;
      }
    },
    end: () => (isFirst ? printJson({ value: [] }) : print('\n] }\n')),
  };
}

async function eachOf<T>(all: readonly T[], give: (each: T) => Promise<void>): Promise<void> {
  for (const each of all) await give(each);
}
