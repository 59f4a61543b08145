#!/usr/bin/env node
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { backupEmbeddedEventStore, startEmbeddedEventStore, verifyEmbeddedEventStore } from './index.js';

const USAGE = `docket-eventstore: a single-node event store that speaks EventStoreDB's gRPC protocol, on 127.0.0.1

  --port <number>   default 2113; 0 picks a free one
  --data <folder>   default ./events
  --help

docket-eventstore backup --data <folder> --to <folder>: copies the events, while the store runs or not, and reads the copy
through. A store that is started on the copy goes on from there.

docket-eventstore verify --data <folder>: reads every event and its checksum; exits with 1 where something is wrong. Stop the
store first.`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '2113' },
      data: { type: 'string', default: 'events' },
      to: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(USAGE);
  else if (positionals[0] === 'verify') await verify(resolve(values.data));
  else if (positionals[0] === 'backup') await backup(resolve(values.data), values.to);
  else if (positionals[0] !== undefined) throw new Error(`There is no command '${positionals[0]}'.\n\n${USAGE}`);
  else await serve(resolve(values.data), Number(values.port));
} catch (reason) {
  console.error(reason instanceof Error ? reason.message : reason);
  process.exit(1);
}

async function verify(folder: string): Promise<void> {
  const { events, streams, problems } = await verifyEmbeddedEventStore(folder);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) throw new Error(`The events in ${folder} are damaged. Restore them from a backup.`);
  console.log(`${events} events in ${streams} streams, all of them whole.`);
}

async function backup(folder: string, to: string | undefined): Promise<void> {
  if (to === undefined) throw new Error('A backup needs --to <folder>: where the copy is to be.');
  const { events, streams } = await backupEmbeddedEventStore(folder, resolve(to));
  console.log(`${events} events in ${streams} streams, copied to ${resolve(to)}`);
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
