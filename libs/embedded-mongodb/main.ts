#!/usr/bin/env node
/** `docket-mongodb --port 27017 --data ./mongo`: the server alone, for any client. */
import { parseArgs } from 'node:util';
import { listen } from './server.js';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '27017' }, data: { type: 'string', default: './mongo' } },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port ${values.port}: give a number from 0 to 65535`);
  process.exit(2);
}

try {
  const server = await listen({
    folder: values.data,
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
} catch (error) {
  console.error(`docket-mongodb: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
