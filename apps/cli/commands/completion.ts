import { script } from '@bomb.sh/tab';
import { Argument, Command } from 'commander';
import { bashScript } from '../completion/bash.js';
import { candidatesFor } from '../completion/candidates.js';
import { print } from '../terminal/output.js';

type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';
const shells: readonly Shell[] = ['bash', 'zsh', 'fish', 'powershell'];

export const completionCommand = (): Command =>
  new Command('completion')
    .description('Print the script with which a shell completes docket.')
    .addArgument(new Argument('<shell>', 'whose script').choices([...shells]))
    .addHelpText(
      'after',
      `
Have it in every shell:
  bash        echo 'source <(docket completion bash)' >> ~/.bashrc
  zsh         echo 'source <(docket completion zsh)' >> ~/.zshrc     (behind compinit)
  fish        docket completion fish > ~/.config/fish/completions/docket.fish
  powershell  docket completion powershell >> $PROFILE`,
    )
    .action(printScript);

async function printScript(shell: Shell): Promise<void> {
  if (shell === 'bash') await print(bashScript);
  else script(shell, 'docket', 'docket');
}

/** To the shell: names of files belong here, or not. The scripts take these numbers from cobra. */
const directives = { files: ':0', noFiles: ':4' };

/**
 * What the scripts ask: `docket complete -- <words>`. The commander adapter of @bomb.sh/tab would answer too, but takes a flag of one
 * command for that of another with the same name, and never lets a file be completed.
 */
export const completeCommand = (program: Command): Command =>
  new Command('complete')
    .argument('[words...]', 'what stands on the line behind docket')
    .action(async (words: readonly string[]) => {
      const { values, files } = candidatesFor(program, words);
      const lines = values.map(({ value, description }) => `${value}\t${description}`);
      await print([...lines, files ? directives.files : directives.noFiles, ''].join('\n'));
    });
