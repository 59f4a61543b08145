#!/usr/bin/env node
/** `docket-mongodb --port 27017 --data ./mongo`: the server alone, for any client. */
import { parseArgs } from 'node:util';
import { listen } from './server.js';

const USAGE = `docket-mongodb: a single-node server that speaks a part of MongoDB's protocol, on 127.0.0.1

  --port <number>   default 27017; 0 picks a free one
  --data <folder>   default ./mongo
  --help`;

try {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '27017' },
      data: { type: 'string', default: './mongo' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(USAGE);
  else await serve(values.data, Number(values.port));
} catch (error) {
  console.error(`docket-mongodb: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function serve(folder: string, port: number): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port is a number from 0 to 65535.');
  const server = await listen({
    folder,
    port,
    onFailure: (reason) => {
      console.error(`docket-mongodb: ${reason.message}`, reason.cause);
      process.exit(1);
    },
  });
  console.log(`mongodb://127.0.0.1:${server.port}/?directConnection=true`);
  const stop = (): void => void server.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
