import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ProjectorSettings } from './on-stores.js';
import { ProjectorFailing } from './projector.js';
import type { ProjectorHealth } from './projector.js';

export interface ProjectorThread {
  /** Resolves where everything follows the log; else rejects with ProjectorFailing. */
  check(): Promise<void>;
  /** Resolves with the reason when the thread dies unasked. */
  readonly failed: Promise<Error>;
  /** Resolves when the batches under way are handled. */
  stop(): Promise<void>;
}

/** Runs a projector beside the API in one process, in a thread of its own: commands do not wait for projections. */
export async function startProjectorThread(settings: ProjectorSettings): Promise<ProjectorThread> {
  const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: settings });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let stopping = false;
  const failed = new Promise<Error>((resolve) => {
    worker.once('error', (error) => resolve(new Error(`The projector failed: ${error.message}`, { cause: error })));
    worker.once('exit', (code) => !stopping && resolve(new Error(`The projector ended unasked (${code})`)));
  });
  const refusal = await Promise.race([once(worker, 'message').then(() => undefined), failed]);
  if (refusal) throw refusal;
  return {
    failed,
    async check() {
      worker.postMessage('health');
      const [{ ready, processes }] = (await once(worker, 'message')) as [ProjectorHealth];
      if (!ready) throw new ProjectorFailing(processes);
    },
    async stop() {
      stopping = true;
      worker.postMessage('stop');
      await ended;
    },
  };
}
