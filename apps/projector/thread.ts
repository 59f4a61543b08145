/** What runs in the thread that `startProjectorThread` starts. */
import { parentPort, workerData } from 'node:worker_threads';
import { startProjectorOn } from './on-stores.js';
import type { ProjectorSettings } from './on-stores.js';
import type { Answered, Answers, Asked, Question } from './projector-thread.js';

const running = await startProjectorOn(workerData as ProjectorSettings);

const answers: { readonly [Q in Question]: () => Promise<Answers[Q]> } = {
  health: () => running.projector.check(),
  metrics: () => running.metrics.measured(),
};

parentPort!.on('message', (said: Asked | 'stop') => {
  if (said === 'stop') return void running.stop().then(() => process.exit(0));
  const { number, question } = said;
  answers[question]().then(
    (answer) => parentPort!.postMessage({ number, answer } satisfies Answered),
    (error: Error) => parentPort!.postMessage({ number, error } satisfies Answered),
  );
});
parentPort!.postMessage('ready');
