import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What may stand where the cursor is, of `--flag=value` the value alone; `files`: names of files may, which the shell knows best. */
export interface Candidates {
  readonly values: readonly Candidate[];
  readonly files: boolean;
}

/** `words`: what stands on the line behind `docket`, up to the cursor; the last is the one that is being written, maybe empty. */
export function candidatesFor(program: Command, words: readonly string[]): Candidates {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const [, flag, begun] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];

  let command = program;
  let expected: Option | undefined;
  let argumentsSeen = 0;
  for (const word of before) {
    if (expected) expected = undefined;
    else if (word.startsWith('-') && word !== '-') expected = optionWithValue(command, word);
    else {
      const subcommand = command.commands.find((each) => each.name() === word);
      if (subcommand) command = subcommand;
      else argumentsSeen += 1;
    }
  }
  if (flag) expected = optionWithValue(command, flag);

  if (expected) return valuesOf(expected, begun ?? current);
  if (current.startsWith('-')) return { values: begunWith(current, flagsOf(command)), files: false };
  const argument = command.registeredArguments[argumentsSeen] ?? variadic(command);
  const ofArgument = argument ? valuesOf(argument, current) : { values: [], files: false };
  return { ...ofArgument, values: [...begunWith(current, subcommandsOf(command)), ...ofArgument.values] };
}

/** A flag that takes a value; one with `=` has it already. */
function optionWithValue(command: Command, word: string): Option | undefined {
  const option = command.options.find(({ long, short }) => word === long || word === short);
  return option && (option.required || option.optional) ? option : undefined;
}

const variadic = ({ registeredArguments }: Command): Argument | undefined =>
  registeredArguments.at(-1)?.variadic ? registeredArguments.at(-1) : undefined;

const begunWith = (begin: string, all: readonly Candidate[]): Candidate[] =>
  all.filter(({ value }) => value.startsWith(begin));

const subcommandsOf = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), description: each.description() }));

const flagsOf = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ value: long ?? short!, description }));

/** The choices that it declares; files and folders where it is called so: `<file>`, `<folder>`, `<file|->`. */
function valuesOf(taker: Option | Argument, begin: string): Candidates {
  const choices = (taker.argChoices ?? []).map((value) => ({ value, description: '' }));
  const named = 'flags' in taker ? taker.flags : taker.name();
  return { values: begunWith(begin, choices), files: /\b(file|folder)\b/.test(named) };
}
