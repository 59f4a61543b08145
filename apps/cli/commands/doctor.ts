import { chalk } from '../terminal/colours.js';
import type { Command } from 'commander';
import type { AddressOptions } from '../connection/address.js';
import { clientCommand } from '../connection/options.js';
import { examination } from '../doctor/examination.js';
import type { Finding } from '../doctor/finding.js';
import { exitCodes } from '../exit-codes.js';
import { print, printJson, terminalWidth } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { wrap } from '../terminal/wrap.js';

export const doctorCommand = (): Command =>
  clientCommand('doctor')
    .description('Look at what a docket needs and whether it has it, and say what to do.')
    .option('--json', 'what was found as one JSON document')
    .addHelpText(
      'after',
      `
It ends with 1 where something is ill (✗). What is doubtful (!) can be lived with.

Examples:
  docket doctor
  docket doctor --url https://docket.example --token "$TOKEN"`,
    )
    .action(examine);

async function examine(options: AddressOptions & { readonly json?: true }): Promise<void> {
  const found: Finding[] = [];
  for await (const finding of examination(options)) {
    found.push(finding);
    if (!options.json) await print(told(finding));
  }
  const isWell = found.every(({ state }) => state !== 'ill');
  if (options.json) await printJson({ isWell, findings: found });
  if (!isWell) process.exitCode = exitCodes.failed;
}

const signs = { well: chalk.green('✓'), doubtful: chalk.yellow('!'), ill: chalk.red('✗') };
const indent = ' '.repeat(16);

function told({ about, state, found, advice }: Finding): string {
  const width = (terminalWidth() ?? Infinity) - indent.length;
  const [first, ...rest] = wrap(printable(found), width);
  const advised = advice === undefined ? [] : wrap(`→ ${printable(advice)}`, width);
  const lines = [`${signs[state]} ${about.padEnd(indent.length - 4)}  ${first}`];
  return [...lines, ...[...rest, ...advised].map((line) => indent + line)].map((line) => `${line}\n`).join('');
}
