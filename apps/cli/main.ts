#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import { isRole, readSettings, roles } from '#platform';
import type { Role } from '#platform';
import { canBeMended } from './refusals.js';
import { start } from './start.js';
import { printToken } from './token.js';

const role = (value: string): Role => {
  if (!isRole(value)) throw new InvalidArgumentError(`Roles are ${roles.join(', ')}.`);
  return value;
};

const hours = (value: string): number => {
  const number = Number(value);
  if (!(number > 0 && number <= 8_760)) throw new InvalidArgumentError('Give hours above 0, up to 8760 (a year).');
  return number;
};

const collect =
  <T>(parse: (value: string) => T) =>
  (value: string, before: readonly T[] = []) => [...before, parse(value)];

const program = new Command('docket')
  .description('Incident management for security teams, with a full history of every incident.')
  .showHelpAfterError('(docket --help shows what there is)');

program
  .command('start')
  .description('Start the API and the projections, on embedded stores in the data folder where no others are set.')
  .addHelpText(
    'after',
    `
Settings are read from the environment:
  DOCKET_PORT      port of the API (3000)
  DOCKET_HOST      address to listen on (127.0.0.1)
  DOCKET_DATA      folder of the embedded stores and of the key that signs tokens (.docket)
  DOCKET_EXAMPLES  on or off: fill an empty data folder with examples (on)
  EVENTSTORE_URL   an EventStoreDB, e.g. esdb://127.0.0.1:2113?tls=false (unset: embedded)
  MONGODB_URL      a MongoDB replica set, e.g. mongodb://127.0.0.1:27017/docket (unset: embedded)
  DOCKET_TOKEN_KEY     32 bytes in base64url that sign tokens (unset: a file in the data folder)
  DOCKET_BEHIND_PROXY  on: something before Docket ends TLS, so that it may listen beyond this machine (off)`,
  )
  .action(() => start(readSettings(process.env)));

program
  .command('token')
  .description('Print a token that says who you are; it is the last line of the output.')
  .requiredOption('--as <id>', 'who: the id that stands in the history')
  .option('--role <role>', `what it may do: ${roles.join(', ')}; may be given several times`, collect(role))
  .option('--name <name>', 'a name to show beside the id')
  .option('--application', 'the holder is a program, not a person')
  .option('--hours <hours>', 'how long it is good', hours, 12)
  .addHelpText('after', '\nExample:\n  docket token --as analyst1 --role admin')
  .action((options: { as: string; role?: Role[]; name?: string; application?: true; hours: number }) =>
    printToken(readSettings(process.env), options),
  );

try {
  await program.parseAsync();
} catch (error) {
  console.error(canBeMended(error) ? `docket: ${error.message}` : error);
  process.exit(1); // whatever was begun: an embedded store may still be open
}
