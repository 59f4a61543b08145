import type { Command } from 'commander';
import type { AddressOptions } from '../connection/address.js';
import { clientCommand, connect } from '../connection/options.js';
import { metricsPage } from '../metrics/metrics-page.js';
import type { Summary } from '../metrics/metrics-page.js';
import { print, printJson, terminalWidth } from '../terminal/output.js';

interface Options extends AddressOptions {
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
}

export const metricsCommand = (): Command =>
  clientCommand('metrics')
    .description('Show what is open, how long it took to assign and to resolve incidents, and what was real.')
    .option('--from <day>', 'the first day, in UTC, e.g. 2026-10-25 (else the 30th before the end)')
    .option('--to <day>', 'the last day, in UTC (else today); 366 days at most')
    .option('--json', 'all figures, with those of each day, as one JSON document')
    .addHelpText(
      'after',
      `
Median and the ninth decile of durations are at most 5 % beside the exact values, all else is exact.

Examples:
  docket metrics
  docket metrics --from 2026-01-01 --to 2026-12-31
  docket metrics --json | jq .timeToResolve`,
    )
    .action(showMetrics);

async function showMetrics({ from, to, json, ...address }: Options): Promise<void> {
  const client = await connect(address);
  const summary = await client.get<Summary>('/v1/metrics/summary', { from, to });
  await (json ? printJson(summary) : print(metricsPage(summary, terminalWidth())));
}
