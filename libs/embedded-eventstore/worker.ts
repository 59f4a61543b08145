import { parentPort, workerData } from 'node:worker_threads';
import { EventStore } from './event-store.js';
import { isFailedCommit } from './storage/failed-commit.js';

/** The worker thread in which the server lives: says `{port, secret}` when it is ready, ends when it is told `stop`. */

const { folder, port } = workerData as { folder: string; port: number };

// A failed commit the log has been told of, and it says what follows. Whatever else nobody caught ends the worker, loudly.
process.on('unhandledRejection', (reason) => {
  if (!isFailedCommit(reason)) die(reason);
});

function die(reason: unknown): void {
  parentPort?.postMessage({ failure: reason instanceof Error ? reason.message : String(reason) });
  setTimeout(() => process.exit(1), 100); // time for the answers that tell the clients
}

const store = await EventStore.start(folder, port, die);
parentPort?.on('message', (message) => {
  if (message === 'stop') void store.stop().then(() => process.exit(0), die);
});
parentPort?.postMessage({ port: store.port, secret: store.secret });
