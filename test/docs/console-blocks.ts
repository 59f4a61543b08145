/** A command of a page, and what the page says that it prints. */
export interface Example {
  /** Number of the command's first line in the page, from 1. */
  readonly line: number;
  /** As it is typed, maybe over several lines. */
  readonly command: string;
  readonly prints: readonly string[];
}

/**
 * The commands in the blocks ```` ```console ```` of a Markdown page: lines that begin with `$ `, those that go on with `> ` or after a
 * backslash, and the output below them, up to the next command.
 */
export function examplesIn(markdown: string): Example[] {
  const examples: { line: number; command: string[]; prints: string[] }[] = [];
  let inBlock = false;
  for (const [index, text] of markdown.split('\n').entries()) {
    if (text.startsWith('```')) {
      inBlock = text === '```console';
      continue;
    }
    if (!inBlock) continue;
    const current = examples.at(-1);
    if (text.startsWith('$ ')) examples.push({ line: index + 1, command: [text.slice(2)], prints: [] });
    else if (!current) throw new Error(`Line ${index + 1} is output of no command`);
    else if (current.prints.length === 0 && text.startsWith('> ')) current.command.push(text.slice(2));
    else if (current.prints.length === 0 && current.command.at(-1)?.endsWith('\\')) current.command.push(text);
    else current.prints.push(text);
  }
  return examples.map(({ line, command, prints }) => ({
    line,
    command: command.join('\n'),
    prints: withoutEmptyEnds(prints),
  }));
}

/** `…` in what a page says stands for anything within a line; a line of it alone, for any lines, also none. */
export function matches(printed: readonly string[], said: readonly string[]): boolean {
  const pattern = said.map((line) => (line.trim() === '…' ? '(?:.*\n)*?' : `${lineOf(line)}\n`)).join('');
  return new RegExp(`^${pattern}$`).test(
    withoutEmptyEnds(printed)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

const lineOf = (line: string): string =>
  line
    .trimEnd()
    .split('…')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*?');

export function withoutEmptyEnds(lines: readonly string[]): string[] {
  const kept = lines.map((line) => line.trimEnd());
  while (kept.at(-1) === '') kept.pop();
  while (kept[0] === '') kept.shift();
  return kept;
}
