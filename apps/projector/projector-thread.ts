import { Worker } from 'node:worker_threads';
import type { HealthCheck, Measured, MetricsSource, PartsHealth } from '#platform';
import type { ProjectorSettings } from './on-stores.js';

/** What can be asked of the thread, and what it answers. */
export interface Answers {
  health: PartsHealth;
  metrics: Measured;
}
export type Question = keyof Answers;

/** Questions are answered in whatever order. */
export interface Asked {
  readonly number: number;
  readonly question: Question;
}
export type Answered = { readonly number: number } & (
  { readonly answer: Answers[Question] } | { readonly error: Error }
);

export interface ProjectorThread extends HealthCheck, MetricsSource {
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
  const refusal = await Promise.race([new Promise((ready) => worker.once('message', () => ready(undefined))), failed]);
  if (refusal) throw refusal as Error;
  const ask = questions(worker);
  return {
    name: 'projector',
    failed,
    check: () => ask('health'),
    measured: () => ask('metrics'),
    async stop() {
      stopping = true;
      worker.postMessage('stop');
      await ended;
    },
  };
}

function questions(worker: Worker): <Q extends Question>(question: Q) => Promise<Answers[Q]> {
  const asked = new Map<number, (answered: Answered) => void>();
  let last = 0;
  worker.on('message', (answered: Answered) => {
    asked.get(answered.number)?.(answered);
    asked.delete(answered.number);
  });
  return <Q extends Question>(question: Q) =>
    new Promise<Answers[Q]>((resolve, reject) => {
      const number = ++last;
      asked.set(number, (answered) =>
        'error' in answered ? reject(answered.error) : resolve(answered.answer as Answers[Q]),
      );
      worker.postMessage({ number, question } satisfies Asked);
    });
}
