import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { incidentStatuses, severities } from '#incidents';
import { clientCommand, withFormats } from '../connection/options.js';
import { momentOf } from '../replay/moment.js';
import type { ReplayOptions } from '../replay/replay.js';
import { collect, whole } from './arguments.js';

export const replayCommand = (): Command =>
  withFormats(clientCommand('replay'))
    .description('Show the queue, or one incident, as it was: folded from the log. Needs the role auditor or admin.')
    .addOption(
      new Option('--until <moment>', 'a time, e.g. 2026-11-23T12:00:00Z, or a position of the log')
        .argParser(momentOf)
        .makeOptionMandatory(),
    )
    .option('--incident <id>', 'one incident, with its alerts and what happened last')
    .option('--serve <port>', 'serve that past on a port of this machine, read-only, until Ctrl-C', port)
    .addOption(
      new Option('--status <status>', 'how far it was')
        .choices(incidentStatuses)
        .argParser(collect(oneOf(incidentStatuses))),
    )
    .addOption(
      new Option('--severity <severity>', 'how bad it was')
        .choices(severities.toReversed())
        .argParser(collect(oneOf(severities))),
    )
    .option('--assigned-to <owner>', 'an owner, or `none`', collect(String))
    .option('--limit <number>', 'how many incidents at most, those that had changed last', whole(1), 25)
    .addHelpText(
      'after',
      `
Examples:
  docket replay --until 2026-11-23T12:00:00Z
  docket replay --until 4711 --status active --assigned-to none
  docket replay --until 4711 --incident 12 --json
  docket replay --until 2026-11-23T12:00:00Z --serve 3100`,
    )
    .action(async (options: ReplayOptions) => {
      const { replay } = await import('../replay/replay.js');
      await replay(options);
    });

const oneOf =
  (words: readonly string[]) =>
  (value: string): string => {
    const word = words.find((each) => each.toLowerCase() === value.toLowerCase());
    if (word === undefined) throw new InvalidArgumentError(`Allowed are ${words.join(', ')}.`);
    return word;
  };

function port(value: string): number {
  const number = Number(value);
  if (!/^\d{1,5}$/.test(value) || number > 65_535)
    throw new InvalidArgumentError('Give a port from 0 to 65535 (0 takes a free one).');
  return number;
}
