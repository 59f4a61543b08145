import { Command, InvalidArgumentError, Option } from 'commander';
import { Tokens, isRole, readSettings, roles, tokenKey } from '#platform';
import type { Role } from '#platform';
import { print, remark } from '../terminal/output.js';
import { collect } from './arguments.js';

interface Options {
  readonly as: string;
  readonly role?: readonly Role[];
  readonly name?: string;
  readonly application?: true;
  readonly hours: number;
}

export const tokenCommand = (): Command =>
  new Command('token')
    .description('Print a token that says who you are; it is the last line of the output.')
    .requiredOption('--as <id>', 'who: the id that stands in the history')
    .addOption(
      new Option('--role <role>', 'what it may do; may be given several times').choices(roles).argParser(collect(role)),
    )
    .option('--name <name>', 'a name to show beside the id')
    .option('--application', 'the holder is a program, not a person')
    .option('--hours <hours>', 'how long it is good', hours, 12)
    .addHelpText('after', '\nExample:\n  docket token --as analyst1 --role admin')
    .action(printToken);

async function printToken({ as, role = ['analyst'], name, application, hours }: Options): Promise<void> {
  const tokens = new Tokens(await tokenKey(readSettings(process.env)));
  const kind = application ? 'application' : 'user';
  const token = await tokens.sign({ id: as, name: name ?? as, kind, roles: role }, Math.ceil(hours * 3_600));
  remark(`A token for ${kind} ${as} (${role.join(', ')}), good for ${hours} h:`);
  await print(`${token}\n`);
}

function role(value: string): Role {
  if (!isRole(value)) throw new InvalidArgumentError(`Roles are ${roles.join(', ')}.`);
  return value;
}

function hours(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number <= 8_760)) throw new InvalidArgumentError('Give hours above 0, up to 8760 (a year).');
  return number;
}
