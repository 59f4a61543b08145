import { Logger } from '@nestjs/common';
import type { Problem, ProblemCode } from '#platform';
import { problemOf } from './problem-of.js';

const logger = new Logger('Problems');

/** What became of one is not known, or nothing can be done, and no other will fare better: all are sent again. */
const ofTheStore: ReadonlySet<ProblemCode> = new Set(['outcome-unknown', 'store-unavailable']);

/**
 * The problem of one of many that are answered each for itself.
 * @throws Problem where it is the store's, and so that of all
 */
export function problemOfOne(error: unknown): Problem {
  const problem = problemOf(error);
  if (ofTheStore.has(problem.code)) throw problem;
  if (problem.code === 'internal') logger.error('One of many', problem.cause);
  return problem;
}
