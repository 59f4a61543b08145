/** What runs in the thread that `startProjectorThread` starts. */
import { parentPort, workerData } from 'node:worker_threads';
import { startProjectorOn } from './on-stores.js';
import type { ProjectorSettings } from './on-stores.js';

const running = await startProjectorOn(workerData as ProjectorSettings);

parentPort!.on('message', (asked: 'health' | 'stop') => {
  if (asked === 'health') parentPort!.postMessage(running.projector.health());
  else void running.stop().then(() => process.exit(0));
});
parentPort!.postMessage('ready');
