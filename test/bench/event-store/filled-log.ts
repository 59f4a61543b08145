import { randomUUID } from 'node:crypto';
import { ANY } from '../../../libs/embedded-eventstore/protocol/revision.js';
import { EventLog } from '../../../libs/embedded-eventstore/storage/log.js';
import { Writer } from '../../../libs/embedded-eventstore/streams/writer.js';
import { nobody } from '../../../libs/embedded-eventstore/durability/nobody.js';

const inOneAppend = 500;
const perStream = 100;

/** Writes so many events of 500 bytes of JSON, a hundred to a stream, into a folder. */
export async function fillLog(folder: string, events: number): Promise<void> {
  const log = EventLog.open(folder, nobody);
  const writer = new Writer(log);
  const data = Buffer.from(JSON.stringify({ text: 'x'.repeat(489) }));
  const event = () => ({
    id: randomUUID(),
    type: Buffer.from('IncidentCommented'),
    contentType: Buffer.from('application/json'),
    data,
    metadata: Buffer.alloc(0),
  });
  for (let at = 0; at < events; at += inOneAppend * perStream)
    await Promise.all(
      Array.from({ length: inOneAppend }, (_, nth) =>
        writer.append(
          `incident-${at / perStream + nth}`,
          ANY,
          Array.from({ length: Math.min(perStream, Math.max(0, events - at - nth * perStream)) }, event),
        ),
      ),
    );
  await log.close();
}

/** Milliseconds to open it, and the events that it says it has. */
export async function openLog(folder: string): Promise<{ took: number; events: number }> {
  const began = performance.now();
  const log = EventLog.open(folder, nobody);
  const took = performance.now() - began;
  await log.close();
  return { took, events: log.lastPosition };
}
