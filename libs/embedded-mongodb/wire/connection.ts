/** One client: cuts its bytes into messages and answers them one after another. */
import type { Socket } from 'node:net';
import { type Answer, LARGEST_MESSAGE, type Message, parseMessage, replyHeader } from './message.js';

export function serve(socket: Socket, answer: (message: Message) => Promise<Answer>): void {
  let chunks: Buffer[] = [];
  let received = 0;
  let busy = false;
  const waiting: Message[] = [];

  const work = async (): Promise<void> => {
    busy = true;
    for (let message = waiting.shift(); message; message = waiting.shift()) {
      let to = message.requestId;
      for (let more = true; more && !socket.destroyed;) {
        const reply = await answer(message);
        ({ more } = reply);
        if (message.silent || socket.destroyed) break;
        const [header, number] = replyHeader(message, reply, to);
        to = number;
        socket.cork();
        socket.write(header);
        socket.write(reply.document);
        socket.uncork();
      }
    }
    busy = false;
  };

  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    received += chunk.length;
    try {
      while (received >= 16) {
        if (chunks[0]!.length < 16) chunks = [Buffer.concat(chunks)];
        const length = chunks[0]!.readInt32LE(0);
        if (length < 16 || length > LARGEST_MESSAGE) throw new Error(`a message of ${length} bytes`);
        if (received < length) break;
        const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
        waiting.push(parseMessage(all.subarray(0, length)));
        received -= length;
        chunks = received > 0 ? [all.subarray(length)] : [];
      }
    } catch {
      socket.destroy(); // these bytes cannot be answered: where the next message begins is not known
      return;
    }
    if (!busy) void work();
  });
}
