import { crashingCommands } from './crashing-commands.js';
import type { CrashingCommand } from './crashing-commands.js';
import type { CrashMoment } from './mortal-docket.js';

/** Where a docket dies in the middle of a command. */
export interface CrashPoint {
  readonly name: string;
  readonly dies: CrashMoment;
}

/** Before the first append and after each of them: every state that a crash between two appends can leave. */
export function crashPointsOf({ appends, likeAnotherUpTo }: CrashingCommand): CrashPoint[] {
  const after = appends.map((append, index): CrashPoint => {
    const nth = appends.slice(0, index + 1).filter((other) => other === append).length;
    const isOneOfMany = appends.filter((other) => other === append).length > 1;
    return { name: `after ${append}${isOneOfMany ? ` #${nth}` : ''}`, dies: { append, nth, when: 'after' } };
  });
  if (likeAnotherUpTo !== undefined) return after.slice(appends.indexOf(likeAnotherUpTo) + 1);
  const [first] = appends;
  return [{ name: `before ${first}`, dies: { append: first!, nth: 1, when: 'before' } }, ...after];
}

/** Every command with its crash points, as Markdown. */
export function matrixTable(): string {
  const rows = crashingCommands.map((command): [string, number, string] => {
    const points = crashPointsOf(command);
    const [before] = points.filter(({ dies }) => dies.when === 'before');
    const after = points.filter(({ dies }) => dies.when === 'after').map(({ name }) => name.slice('after '.length));
    return [command.name, points.length, `${before ? `${before.name}, and ` : ''}after ${after.join(', ')}`];
  });
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  return [['command', 'points', 'the docket dies'], ['---', '---', '---'], ...rows, ['all', total, '']]
    .map((cells) => `| ${cells.join(' | ')} |`.replace(/ +/g, ' '))
    .join('\n');
}
