#!/usr/bin/env node
import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.js';
import { docketProgram } from './program.js';

// Whoever reads the output may have seen enough (`docket queue | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
});

try {
  await docketProgram().parseAsync();
} catch (error) {
  // Help and version are told by an error too, one without a fault.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? exitCodes.done : exitCodes.usage);
  // Loads the libraries whose errors it knows: nobody waits for that where all goes well.
  const { canBeMended, exitCodeOf } = await import('./mendable.js');
  console.error(canBeMended(error) ? `docket: ${error.message}` : error);
  process.exit(exitCodeOf(error)); // whatever was begun: an embedded store may still be open
}
