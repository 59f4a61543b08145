import autocannon from 'autocannon';

/** How many operations were done in how long, and their latency in milliseconds. */
export interface Measured {
  readonly operations: number;
  readonly seconds: number;
  readonly median: number;
  readonly p99: number;
}

export const rate = ({ operations, seconds }: Measured): number => operations / seconds;

/** Does `operation` from `width` callers at once, each as soon as its last one is done. */
export async function inTurns(
  width: number,
  seconds: number,
  operation: (caller: number) => Promise<unknown>,
): Promise<Measured> {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    Array.from({ length: width }, async (_, caller) => {
      while (performance.now() < end) {
        const before = performance.now();
        await operation(caller);
        latencies.push(performance.now() - before);
      }
    }),
  );
  return {
    operations: latencies.length,
    seconds: (performance.now() - start) / 1_000,
    median: median(latencies),
    p99: quantile(latencies, 0.99),
  };
}

export interface Posts {
  readonly address: string;
  readonly token: string;
  /** One connection for each, which posts to it again and again. */
  readonly paths: readonly string[];
  readonly body: unknown;
  readonly seconds: number;
  /** Of all connections together; as many as they can where it is not given. */
  readonly perSecond?: number;
}

/** Throws where anything else than 2xx is answered. */
export async function overHttp({ address, token, paths, body, seconds, perSecond }: Posts): Promise<Measured> {
  let next = 0;
  const result = await autocannon({
    url: address,
    connections: paths.length,
    duration: seconds,
    ...(perSecond !== undefined && { overallRate: Math.round(perSecond) }),
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    setupClient: (client) => client.setRequests([{ path: paths[next++ % paths.length]! }]),
  });
  const failures = result.non2xx + result.errors;
  if (failures > 0) throw new Error(`${failures} of ${result.requests.total} requests failed`);
  return { operations: result['2xx'], seconds: result.duration, median: result.latency.p50, p99: result.latency.p99 };
}

/** The value that a share of all lies below. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
