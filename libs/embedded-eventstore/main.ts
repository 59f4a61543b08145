#!/usr/bin/env node
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedEventStore } from './index.js';

const USAGE = `docket-eventstore: a single-node event store that speaks EventStoreDB's gRPC protocol, on 127.0.0.1

  --port <number>   default 2113; 0 picks a free one
  --data <folder>   default ./events
  --help`;

try {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '2113' },
      data: { type: 'string', default: 'events' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(USAGE);
  else await serve(resolve(values.data), Number(values.port));
} catch (reason) {
  console.error(reason instanceof Error ? reason.message : reason);
  process.exit(1);
}

async function serve(folder: string, port: number): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port is a number from 0 to 65535.`);
  const store = await startEmbeddedEventStore({ folder, port });
  console.log(`Events in ${folder}, served at ${store.url}`);
  void store.failed.then((reason) => {
    console.error(reason.message);
    process.exit(1);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void store.stop().then(() => process.exit(0)));
}
