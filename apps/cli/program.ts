import { Command } from 'commander';
import { historyCommand } from './commands/history.js';
import { importCommand } from './commands/import.js';
import { queueCommand } from './commands/queue.js';
import { showCommand } from './commands/show.js';
import { startCommand } from './commands/start.js';
import { tokenCommand } from './commands/token.js';

/** `docket` with all its commands; each is a file in `commands/`. */
export function docketProgram(): Command {
  const program = new Command('docket').description(
    'Incident management for security teams, with a full history of every incident.',
  );
  const commands = [
    startCommand(), //
    tokenCommand(),
    queueCommand(),
    showCommand(),
    historyCommand(),
    importCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...program.commands])
    command.showHelpAfterError('(docket --help shows what there is)').exitOverride();
  return program;
}
