import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';

export interface Heard {
  readonly event: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client of a stream of server-sent events; what it heard can be looked at while it listens. */
export class Listener {
  readonly heard: Heard[] = [];
  /** All that came, comments too. */
  text = '';
  readonly closed: Promise<void>;

  private constructor(readonly response: IncomingMessage) {
    this.closed = new Promise((resolve) => response.once('close', resolve));
    response.on('error', () => {}); // it was cut off
    let rest = '';
    response.setEncoding('utf8').on('data', (piece: string) => {
      this.text += piece;
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) if (/^data: /m.test(block)) this.heard.push(read(block));
    });
  }

  /** Answered, with whatever status. */
  static at(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Listener> {
    return new Promise((resolve, reject) =>
      get(url, { headers }, (response) => resolve(new Listener(response))).on('error', reject),
    );
  }

  get last(): Heard | undefined {
    return this.heard.at(-1);
  }

  /** What happened, without what the stream says of itself. */
  get entries(): Heard[] {
    return this.heard.filter(({ event }) => event !== 'position' && event !== 'end');
  }

  /** Waits until it has heard so many messages. */
  async hears(count: number, timeoutMs = 5_000): Promise<readonly Heard[]> {
    const until = performance.now() + timeoutMs;
    while (this.heard.length < count) {
      if (performance.now() > until) throw new Error(`Heard ${this.heard.length} of ${count}: ${this.text}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return this.heard;
  }

  async leave(): Promise<void> {
    this.response.destroy();
    await this.closed;
  }
}

function read(block: string): Heard {
  const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
  return { event: fields.event!, id: fields.id!, data: JSON.parse(fields.data!) as Heard['data'] };
}
