/** The server's thread: it must not wait for the application's event loop, nor the application for its scans. */
import { parentPort, workerData } from 'node:worker_threads';
import { listen } from './server.js';

export interface WorkerStart {
  readonly folder: string;
  readonly port: number;
}

/** What the thread tells: that it listens, that it could not, or that it cannot go on. */
export type WorkerNews =
  { kind: 'listening'; port: number } | { kind: 'refused'; message: string } | { kind: 'failed'; message: string };

const tell = (news: WorkerNews): void => parentPort!.postMessage(news);

try {
  const server = await listen({
    ...(workerData as WorkerStart),
    onFailure: (reason) => tell({ kind: 'failed', message: `${reason.message}: ${String(reason.cause)}` }),
  });
  parentPort!.once('message', () => void server.close().then(() => parentPort!.close()));
  tell({ kind: 'listening', port: server.port });
} catch (error) {
  tell({ kind: 'refused', message: error instanceof Error ? error.message : String(error) });
}
