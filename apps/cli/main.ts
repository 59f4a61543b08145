#!/usr/bin/env node
import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.js';
import { docketProgram } from './program.js';
import { remark } from './terminal/output.js';

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
  remark(canBeMended(error) ? `docket: ${error.message}` : inspect(error)); // servers and files speak in it
  process.exit(exitCodeOf(error)); // whatever was begun: an embedded store may still be open
}
