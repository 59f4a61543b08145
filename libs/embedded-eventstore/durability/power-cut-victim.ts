import { openSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { EventLog } from '../storage/log.js';
import { Writer } from '../streams/writer.js';
import { ANY } from '../protocol/revision.js';
import { nobody } from './nobody.js';

/** The process whose writes are recorded: `<folder> <file for acknowledgements> <appends>`. An append has three events. */
const [folder, acknowledgements, appends] = process.argv.slice(2) as [string, string, string];
const WRITERS = 6;
const STREAMS = 40;

const log = EventLog.open(folder, nobody);
const writer = new Writer(log);
const file = openSync(acknowledgements, 'w');
const event = (n: number) => ({
  id: randomUUID(),
  type: Buffer.from('Counted'),
  contentType: Buffer.from('application/json'),
  data: Buffer.from(JSON.stringify({ n, text: 'x'.repeat(Math.random() < 0.1 ? 9_000 : 300) })),
  metadata: Buffer.alloc(0),
});

let sent = 0;
await Promise.all(
  Array.from({ length: WRITERS }, async () => {
    while (sent < Number(appends)) {
      const n = sent++;
      const stream = `stream-${n % STREAMS}`;
      const outcome = await writer.append(stream, ANY, [event(n), event(n), event(n)]);
      if (outcome.kind === 'appended') writeSync(file, `${stream} ${outcome.revision} ${n}\n`);
    }
  }),
);
await log.close();
