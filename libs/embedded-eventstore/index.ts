import { Worker } from 'node:worker_threads';
import { builtFile } from './built-file.js';
import { FolderLock, type Contact } from '#folder-lock';

export { backupEmbeddedEventStore } from './backup.js';
export { verifyEmbeddedEventStore } from './verify.js';
export type { Verification } from './storage/verify.js';

export interface EmbeddedEventStore {
  readonly port: number;
  /** Connection string for `EventStoreDBClient.connectionString`. */
  readonly url: string;
  /** Finishes what was accepted, then closes. Readers get UNAVAILABLE. May be called more than once. */
  stop(): Promise<void>;
  /** Resolves with the reason if the server dies without having been told to; otherwise never. */
  readonly failed: Promise<Error>;
}

export interface Options {
  /** Where the events are kept; created where it is missing. One store at a time may use it. */
  folder: string;
  /** 0, the default, picks a free one. */
  port?: number;
}

/**
 * Starts the server in a worker thread, on 127.0.0.1. Rejects where another store uses the folder, the port is taken, or
 * the last event is damaged.
 */
export async function startEmbeddedEventStore({ folder, port = 0 }: Options): Promise<EmbeddedEventStore> {
  const lock = FolderLock.take(folder, 'The event store');
  const worker = new Worker(builtFile('worker.js'), { workerData: { folder, port }, name: 'event-store' });
  let reason: Error | undefined;
  let stopping = false;
  const exited = new Promise<Error>((resolve) => {
    worker.on('error', (error) => (reason = error));
    worker.on('exit', (code) => {
      lock.release();
      resolve(reason ?? new Error(`The event store's worker ended with code ${code}.`));
    });
  });
  const address = await new Promise<Contact>((resolve, reject) => {
    worker.on('message', (message: Contact | { failure: string }) => {
      if ('port' in message) resolve(message);
      else reason = new Error(`The event store stopped: ${message.failure}`);
    });
    void exited.then(reject);
  });
  lock.announce(address);
  return {
    port: address.port,
    url: `esdb://127.0.0.1:${address.port}?tls=false`,
    failed: new Promise((resolve) => {
      void exited.then((error) => {
        if (!stopping) resolve(error);
      });
    }),
    async stop() {
      stopping = true;
      worker.postMessage('stop');
      await exited;
    },
  };
}
