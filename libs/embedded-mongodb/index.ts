/** A single-node server for the part of MongoDB's protocol that this project uses. See README.md. */
import { Worker } from 'node:worker_threads';
import type { WorkerNews, WorkerStart } from './worker.js';

export interface EmbeddedMongo {
  readonly port: number;
  /** For the driver: `mongodb://127.0.0.1:port/?directConnection=true` */
  readonly url: string;
  /** Answers what was begun, then closes the folder. Safe to call twice. */
  stop(): Promise<void>;
  /** Resolves with the reason when the server dies unasked; never rejects. */
  readonly failed: Promise<Error>;
}

export interface EmbeddedMongoOptions {
  /** Is made when it is not there. One server at a time. */
  readonly folder: string;
  /** 0 or none: a free one. */
  readonly port?: number;
}

/**
 * Starts the server in a worker thread, on 127.0.0.1 only.
 * @throws Error when the folder is in use by another server, or the port is taken
 */
export async function startEmbeddedMongo({ folder, port = 0 }: EmbeddedMongoOptions): Promise<EmbeddedMongo> {
  const start: WorkerStart = { folder, port };
  const worker = new Worker(workerFile(), { workerData: start });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let stopping = false;
  let die: (reason: Error) => void;
  const failed = new Promise<Error>((resolve) => (die = resolve));
  worker.on('error', (error) => die(new Error('the embedded MongoDB server failed', { cause: error })));
  worker.on('exit', (code) => {
    if (!stopping) die(new Error(`the embedded MongoDB server ended unasked (${code})`));
  });

  const news = await Promise.race([
    new Promise<WorkerNews>((resolve) => worker.once('message', resolve)),
    failed.then((reason): WorkerNews => ({
      kind: 'refused',
      message: reason.cause instanceof Error ? reason.cause.message : reason.message,
    })),
  ]);
  if (news.kind !== 'listening') {
    stopping = true;
    await worker.terminate();
    throw new Error(`the embedded MongoDB server did not start: ${news.message}`);
  }
  worker.on('message', (later: WorkerNews) => {
    if (later.kind !== 'failed') return;
    die(new Error(`the embedded MongoDB server failed: ${later.message}`));
    void worker.terminate();
  });
  return {
    port: news.port,
    url: `mongodb://127.0.0.1:${news.port}/?directConnection=true`,
    failed,
    async stop() {
      if (!stopping) worker.postMessage('stop');
      stopping = true;
      await ended;
    },
  };
}

/** A thread cannot load TypeScript: from the sources it is the built file that runs. */
function workerFile(): URL {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) return new URL('./worker.js', here);
  const built = new URL('./worker.js', here).href;
  const at = built.lastIndexOf('/libs/');
  return new URL(`${built.slice(0, at)}/dist${built.slice(at)}`);
}
