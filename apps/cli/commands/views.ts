import type { Command } from 'commander';
import type { AddressOptions } from '../connection/address.js';
import { clientCommand, connect, withFormats } from '../connection/options.js';
import type { FormatOptions } from '../terminal/output.js';
import { formatOf, printRows } from '../terminal/output.js';
import type { Column } from '../terminal/table.js';

interface View {
  readonly name: string;
  readonly kind: 'own' | 'shared' | 'builtIn';
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly savedBy?: string;
}

const columns: readonly Column<View>[] = [
  { title: 'name', value: ({ name }) => name },
  { title: 'whose', value: ({ kind }) => (kind === 'builtIn' ? 'built in' : kind) },
  { title: 'saved by', value: ({ savedBy }) => savedBy ?? '-', least: 6 },
  { title: 'asks for', value: ({ query }) => asked(query), least: 20 },
];

const asked = (query: View['query']): string =>
  Object.entries(query)
    .map(([name, values]) => `${name}=${[values].flat().join(',')}`)
    .join(' ') || 'everything';

export function viewsCommand(): Command {
  return withFormats(clientCommand('views'))
    .description(
      'Show the views of the queue that can be asked for by name: your own, everybody’s and the built-in ones.',
    )
    .addHelpText(
      'after',
      `
Examples:
  docket views
  docket queue --view default`,
    )
    .action(showViews);
}

async function showViews(options: AddressOptions & FormatOptions): Promise<void> {
  const client = await connect(options);
  const { value } = await client.get<{ readonly value: readonly View[] }>('/v1/views');
  await printRows(formatOf(options), [...value], columns, { value });
}
