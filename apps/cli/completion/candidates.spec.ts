import { describe, expect, it } from '@jest/globals';
import { Argument, Command, Option } from 'commander';
import { candidatesFor } from './candidates.js';

const program = new Command('docket');
program
  .command('queue')
  .description('Show the queue')
  .addOption(new Option('--status <status>').choices(['active', 'resolved']))
  .option('--json', 'as JSON')
  .option('--data <folder>', 'where');
program
  .command('import')
  .argument('<file|->')
  .option('--source <name>', 'whose')
  .addOption(new Option('--json <how>').choices(['short', 'long']));
program.command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh']));
program.command('secret', { hidden: true });

const at = (...words: string[]) => candidatesFor(program, words);
const values = (...words: string[]) => at(...words).values.map(({ value }) => value);

describe('what may stand at the cursor', () => {
  it('is a command, but none that is hidden', () => {
    expect(values('')).toEqual(['queue', 'import', 'completion', 'help']);
    expect(at('qu')).toEqual({ values: [{ value: 'queue', description: 'Show the queue' }], files: false });
  });

  it('is a flag of the command', () => {
    expect(values('queue', '--')).toEqual(['--status', '--json', '--data', '--help']);
    expect(values('queue', '--json', '--st')).toEqual(['--status']);
    expect(values('import', '--st')).toEqual([]);
  });

  it('is a word of the flag before, or behind its =', () => {
    expect(values('queue', '--status', '')).toEqual(['active', 'resolved']);
    expect(values('queue', '--status', 'r')).toEqual(['resolved']);
    expect(values('queue', '--status=r')).toEqual(['resolved']);
    expect(values('queue', '--status=active', '--j')).toEqual(['--json']);
  });

  it('takes a flag for what it is in this command', () => {
    expect(values('import', '--json', '')).toEqual(['short', 'long']);
    expect(values('queue', '--json', '')).toEqual([]);
  });

  it('is a word of the argument', () => {
    expect(values('completion', 'z')).toEqual(['zsh']);
    expect(values('completion', 'zsh', '')).toEqual([]);
  });

  it('is a file where one is asked for', () => {
    expect(at('import', '')).toEqual({ values: [], files: true });
    expect(at('import', '--source', 'x', 'inc').files).toBe(true);
    expect(at('import', '--source', '').files).toBe(false);
    expect(at('import', 'a.json', '').files).toBe(false);
    expect(at('queue', '--data', '').files).toBe(true);
  });

  it('is nothing behind words that are no command', () => {
    expect(values('--unknown', 'x', 'y', '--nothing')).toEqual([]);
    expect(at().values).toHaveLength(4);
  });
});
