import { spawn, spawnSync, type ChildProcess } from 'node:child_process';

const traced = (delay: number) => [
  '-fo',
  '/dev/null',
  '-e',
  'trace=pread64',
  '-e',
  `inject=pread64:delay_exit=${delay}`,
];

/** Whether `openingSlowly` can be had here. */
export const mayOpenSlowly = spawnSync('strace', [...traced(1), 'true']).status === 0;

/**
 * Starts a command for which what it reads of a file is old when it gets it. Whoever opens LMDB's file sets the number of the last transaction
 * to the one that it read a moment before; here the moment is 50 ms.
 */
export const openingSlowly = (command: readonly string[]): ChildProcess =>
  spawn('strace', [...traced(50_000), ...command], { stdio: 'ignore' });
