import { Command } from 'commander';
import { backupCommand } from './commands/backup.js';
import { completeCommand, completionCommand } from './commands/completion.js';
import { copyCommand } from './commands/copy.js';
import { doctorCommand } from './commands/doctor.js';
import { historyCommand } from './commands/history.js';
import { importCommand } from './commands/import.js';
import { metricsCommand } from './commands/metrics.js';
import { queueCommand } from './commands/queue.js';
import { reportCommand } from './commands/report.js';
import { rebuildCommand } from './commands/rebuild.js';
import { replayCommand } from './commands/replay.js';
import { restoreCommand } from './commands/restore.js';
import { showCommand } from './commands/show.js';
import { startCommand } from './commands/start.js';
import { tokenCommand } from './commands/token.js';
import { unparkCommand } from './commands/unpark.js';
import { verifyCommand } from './commands/verify.js';
import { viewsCommand } from './commands/views.js';

/** `docket` with all its commands; each is a file in `commands/`. */
export function docketProgram(): Command {
  const program = new Command('docket').description(
    'Incident management for security teams, with a full history of every incident.',
  );
  const groups = {
    'Run it:': [
      startCommand(),
      tokenCommand(),
      doctorCommand(),
      rebuildCommand(),
      unparkCommand(),
      completionCommand(),
    ],
    'Look at incidents:': [queueCommand(), viewsCommand(), showCommand(), historyCommand(), metricsCommand()],
    'Bring in:': [reportCommand(), importCommand()],
    'Audit and keep:': [replayCommand(), verifyCommand(), backupCommand(), restoreCommand(), copyCommand()],
  };
  for (const [group, commands] of Object.entries(groups))
    for (const command of commands) program.addCommand(command.helpGroup(group));
  program.addCommand(completeCommand(program), { hidden: true });
  for (const command of [program, ...program.commands])
    command.showHelpAfterError('(docket --help shows what there is)').exitOverride();
  return program;
}
