/**
 * MongoDB's wire protocol: OP_MSG, and OP_QUERY for the first handshake.
 * https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM = 1;
const MORE_TO_COME = 2;
const EXHAUST_ALLOWED = 1 << 16;

/** Bytes of the largest message, as `hello` says. */
export const LARGEST_MESSAGE = 48_000_000;

export interface Message {
  readonly requestId: number;
  /** Answered in the old form. */
  readonly legacy: boolean;
  /** The client wants no answer. */
  readonly silent: boolean;
  /** The client takes further answers without asking again, where a command has them. */
  readonly takesMore: boolean;
  readonly body: Buffer;
  /** Lists of documents that travel beside the body. */
  readonly sequences: ReadonlyMap<string, Buffer[]>;
  /** Of the old form only: the namespace's database. */
  readonly database?: string;
}

/** @throws Error when the bytes are none of ours: the connection is to be closed */
export function parseMessage(bytes: Buffer): Message {
  const requestId = bytes.readInt32LE(4);
  const code = bytes.readInt32LE(12);
  if (code === OP_QUERY) {
    const end = bytes.indexOf(0, 20);
    const database = bytes.toString('utf8', 20, end).split('.')[0]!;
    return {
      requestId,
      legacy: true,
      silent: false,
      takesMore: false,
      body: documentAt(bytes, end + 9, bytes.length),
      sequences: new Map(),
      database,
    };
  }
  if (code !== OP_MSG) throw new Error(`operation ${code} is not supported`);
  const flags = bytes.readUInt32LE(16);
  if ((flags & 0xffff & ~(CHECKSUM | MORE_TO_COME)) !== 0) throw new Error(`flags ${flags} are not known`);
  const end = bytes.length - (flags & CHECKSUM ? 4 : 0);
  let body: Buffer | undefined;
  const sequences = new Map<string, Buffer[]>();
  let at = 20;
  while (at < end) {
    const kind = bytes[at++];
    if (kind === 0) {
      body = documentAt(bytes, at, end);
      at += body.length;
    } else if (kind === 1) {
      const sequenceEnd = at + bytes.readInt32LE(at);
      const nameEnd = bytes.indexOf(0, at + 4);
      const documents: Buffer[] = [];
      sequences.set(bytes.toString('utf8', at + 4, nameEnd), documents);
      at = nameEnd + 1;
      while (at < sequenceEnd) {
        documents.push(documentAt(bytes, at, Math.min(end, sequenceEnd)));
        at += documents.at(-1)!.length;
      }
    } else throw new Error(`section ${kind} is not supported`);
  }
  if (!body) throw new Error('a message without a body');
  return {
    requestId,
    legacy: false,
    silent: (flags & MORE_TO_COME) !== 0,
    takesMore: (flags & EXHAUST_ALLOWED) !== 0,
    body,
    sequences,
  };
}

function documentAt(bytes: Buffer, at: number, limit: number): Buffer {
  const length = bytes.readInt32LE(at);
  if (length < 5 || at + length > limit) throw new Error('a document ends outside of its message');
  return bytes.subarray(at, at + length);
}

/** What a command is answered with. */
export interface Answer {
  readonly document: Buffer;
  /** Another answer to the same message follows. */
  readonly more: boolean;
}

let replies = 0;

/** The header that goes before the answer's document, and the number that it has there. `to`: of the message, or of the answer before. */
export function replyHeader({ legacy }: Message, { document, more }: Answer, to: number): [Buffer, number] {
  const header = Buffer.alloc(legacy ? 36 : 21);
  replies = (replies + 1) | 0;
  header.writeInt32LE(header.length + document.length, 0);
  header.writeInt32LE(replies, 4);
  header.writeInt32LE(to, 8);
  header.writeInt32LE(legacy ? OP_REPLY : OP_MSG, 12);
  if (legacy) {
    header.writeInt32LE(8, 16); // AwaitCapable, as every server since 1.6 says
    header.writeInt32LE(1, 32);
  } else if (more) header.writeUInt32LE(MORE_TO_COME, 16);
  return [header, replies];
}
