import { ProblemAnswer } from '../connection/docket-client.js';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import { withValues } from '../connection/problem-words.js';

/** What ended the work before all was sent, with what is left (`3 of 7 incidents may not have come over`) and what to do about it. */
export function unfinished(stopped: unknown, left: string): unknown {
  if (!(stopped instanceof Refusal)) return stopped;
  const { message, exitCode } = stopped;
  const words = stopped instanceof ProblemAnswer ? withValues(message, stopped.problem) : message;
  const again =
    exitCode === exitCodes.unavailable ? 'Run the same command again' : 'Once that is mended, run the same command';
  return new Refusal(`${words}\n${left}. ${again}: it sends what is missing`, exitCode, { cause: stopped });
}
