/**
 * What an append costs without a client, in a process of its own, for as many seconds as it is told to: the embedded store's storage
 * without gRPC, LMDB with records of the same size, or nothing but a write and its flush.
 */
import { randomUUID } from 'node:crypto';
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { nobody } from '../../../libs/embedded-eventstore/durability/nobody.js';
import { number64 } from '../../../libs/embedded-eventstore/storage/databases.js';
import { EventLog } from '../../../libs/embedded-eventstore/storage/log.js';
import { encodeRecord } from '../../../libs/embedded-eventstore/storage/record.js';
import { ANY } from '../../../libs/embedded-eventstore/protocol/revision.js';
import { Writer } from '../../../libs/embedded-eventstore/streams/writer.js';
import { inTurns } from '../load.js';
import { data, metadata, type } from './appended-event.js';

const [kind, folder, width] = [process.argv[2]!, process.argv[3]!, Number(process.argv[4])];

const proposed = () => ({
  id: randomUUID(),
  type: Buffer.from(type),
  contentType: Buffer.from('application/json'),
  data: Buffer.from(JSON.stringify(data)),
  metadata: Buffer.from(JSON.stringify(metadata)),
});

const appends: Record<string, () => (caller: number) => Promise<unknown>> = {
  storage() {
    const writer = new Writer(EventLog.open(folder, nobody));
    return (caller) => writer.append(`incident-${caller}`, ANY, [proposed()]);
  },
  lmdb() {
    const options = { overlappingSync: false, keyEncoding: 'binary', encoding: 'binary' } as const;
    const database = open<Buffer, Buffer>({ path: folder, noSubdir: false, ...options });
    let position = 0;
    return () => {
      position += 1;
      const record = encodeRecord(proposed(), Buffer.from('incident-1'), position, position, Date.now());
      return database.put(number64(position), record, { append: true } as never);
    };
  },
  flush() {
    const page = Buffer.alloc(4_096, 1);
    const file = openSync(join(folder, 'flushed'), 'w');
    for (let at = 0; at < 4_096; at += 1) writeSync(file, page);
    let at = 0;
    return () => {
      at = (at + 1) % 4_096;
      writeSync(file, page, 0, page.length, at * page.length);
      fdatasyncSync(file);
      return Promise.resolve();
    };
  },
};

const append = appends[kind]!();
process.on('message', (seconds: number) => {
  void inTurns(width, seconds, append).then((measured) => process.send!(measured));
});
process.send!('ready');
