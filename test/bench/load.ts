import { Agent, request } from 'node:http';

/** How many operations were done in how long, and the latency of each in milliseconds, in no order. */
export interface Measured {
  readonly operations: number;
  readonly seconds: number;
  readonly latencies: readonly number[];
}

/** Does `operation` from `width` callers at once, each as soon as its last one is done, or at most `perSecond` of them together. */
export async function measure(
  width: number,
  seconds: number,
  operation: (caller: number) => Promise<void>,
  perSecond = Infinity,
): Promise<Measured> {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1_000;
  const interval = (1_000 / perSecond) * width;
  await Promise.all(
    Array.from({ length: width }, async (_, caller) => {
      for (let nth = 0; performance.now() < end; nth += 1) {
        const due = start + interval * (nth + caller / width);
        if (perSecond !== Infinity && due > performance.now())
          await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
        const before = performance.now();
        await operation(caller);
        latencies.push(performance.now() - before);
      }
    }),
  );
  return { operations: latencies.length, seconds: (performance.now() - start) / 1_000, latencies };
}

export const rate = ({ operations, seconds }: Measured): number => operations / seconds;

/** The value that a share of all lies below. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Keeps one connection for each caller open: Node's plain HTTP client, as the lightest one there is. */
export class Connections {
  readonly #agent: Agent;

  constructor(
    private readonly address: string,
    private readonly token: string,
    width: number,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: width });
  }

  post(path: string, body: unknown): Promise<string> {
    return this.#send('POST', path, JSON.stringify(body), {});
  }

  get(path: string, headers: Record<string, string> = {}): Promise<string> {
    return this.#send('GET', path, undefined, headers);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, body: string | undefined, more: Record<string, string>): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = { ...more, authorization: `Bearer ${this.token}` };
      if (body !== undefined) {
        headers['content-type'] = 'application/json';
        headers['content-length'] = Buffer.byteLength(body);
      }
      const sent = request(this.address + path, { method, agent: this.#agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode! < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
