/** A client of the queue in a process of its own: asks for a page every so often while it is told to, and says how long that took. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from './load.js';

const [address, token] = [process.argv[2]!, process.argv[3]!];
const headers = { authorization: `Bearer ${token}` };
const everyMs = 20;

let latencies: number[] = [];
process.on('message', (what: 'begin' | 'end') => {
  if (what === 'end')
    process.send!({ reads: latencies.length, median: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) });
  latencies = [];
});
process.send!('ready');

for (;;) {
  const began = performance.now();
  const answer = await fetch(`${address}/v1/incidents?limit=50`, { headers });
  if (!answer.ok) throw new Error(`A read failed: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
  latencies.push(performance.now() - began);
  await sleep(everyMs);
}
