/** The server: a listener on loopback and the commands it answers. */
import { setMaxListeners } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { CommandError, notSupported } from './errors.js';
import { aggregation } from './commands/aggregate.js';
import { type Command, Engine, finished } from './commands/engine.js';
import { awaitsChange, handshake } from './commands/handshake.js';
import { reading } from './commands/read.js';
import { Request } from './commands/request.js';
import { schema } from './commands/schema.js';
import { writing } from './commands/write.js';
import { serve } from './wire/connection.js';
import type { Answer, Message } from './wire/message.js';

export interface Server {
  readonly port: number;
  /** Answers what was begun, then closes the folder. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly folder: string;
  /** 0: a free one. */
  readonly port: number;
  /** The server cannot go on: what it acknowledged is on disk, what it did not is unknown. */
  readonly onFailure: (reason: Error) => void;
}

/** Commands of MongoDB's that a client may well try, refused by name. */
const left = new Set(
  'explain commitTransaction abortTransaction startSession killSessions refreshSessions saslStart saslContinue authenticate collMod dbStats collStats bulkWrite mapReduce'.split(
    ' ',
  ),
);

/** Milliseconds that a stopping server waits for commands that are being answered. */
const PATIENCE = 5_000;

export async function listen({ folder, port, onFailure }: ServerOptions): Promise<Server> {
  const engine = new Engine(folder, onFailure);
  const sockets = new Set<Socket>();
  const listener = createServer();
  let running = 0;
  let address = '';
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // one for each client
  const commands: Readonly<Record<string, Command>> = {
    ...handshake(() => address, stopping.signal),
    ...reading,
    ...writing,
    ...schema,
    ...aggregation,
  };

  const answer = async (message: Message): Promise<Answer> => {
    running++;
    try {
      const request = new Request(message);
      const command = Object.hasOwn(commands, request.name) ? commands[request.name] : undefined;
      if (!command && left.has(request.name)) throw notSupported(`the command ${request.name}`);
      if (!command) throw new CommandError('CommandNotFound', `no such command: '${request.name}'`);
      if (!message.legacy) request.allow(command.fields, command.left);
      const document = finished(await command.run(engine, request));
      return { document, more: message.takesMore && awaitsChange(request) && !stopping.signal.aborted };
    } catch (error) {
      const known = error instanceof CommandError ? error : new CommandError('InternalError', String(error));
      if (known !== error) console.error('docket-mongodb: a command failed without a known reason', error);
      const { message: errmsg, code, codeName, details } = known;
      return { document: finished({ errmsg, code, codeName, ...details }, 0), more: false };
    } finally {
      running--;
    }
  };

  listener.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, answer);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    await engine.close();
    throw error;
  }
  const bound = (listener.address() as { port: number }).port;
  address = `127.0.0.1:${bound}`;
  return {
    port: bound,
    async close() {
      stopping.abort();
      const closed = new Promise((resolve) => listener.close(resolve));
      for (const socket of sockets) socket.pause();
      const deadline = Date.now() + PATIENCE;
      while (running > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
      for (const socket of sockets) socket.destroySoon();
      await closed;
      await engine.close();
    },
  };
}
