import { inTurns, overHttp } from './load.js';
import type { Posts } from './load.js';

/** Milliseconds, one of each for every command that was watched. */
export interface RowLag {
  /** From the command to its answer. */
  readonly acknowledged: readonly number[];
  /** From that answer to the answer of a read that shows the row with it: the read included. */
  readonly visible: readonly number[];
  /** Of a read of the same row that waits for nothing. */
  readonly read: readonly number[];
}

/** How long one client waits for its commands, and for the row to show them, while others post at a given rate. */
export async function rowLag(load: Posts & { readonly perSecond: number }, incidentId: string): Promise<RowLag> {
  const { address, token, body, seconds } = load;
  const acknowledged: number[] = [];
  const visible: number[] = [];
  const read: number[] = [];
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const row = `${address}/v1/incidents/${incidentId}`;
  const timed = async (into: number[], path: string, init: RequestInit): Promise<{ position: string }> => {
    const begin = performance.now();
    const response = await fetch(path, init);
    const answer = (await response.json()) as { position: string };
    into.push(performance.now() - begin);
    if (!response.ok) throw new Error(`${path} is answered with ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const watch = async () => {
    const { position } = await timed(acknowledged, `${row}/comments`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const shown = await timed(visible, row, { headers: { ...headers, 'docket-after': position } });
    if (BigInt(shown.position) < BigInt(position))
      throw new Error(`The row is at ${shown.position}, not at ${position}`);
    await timed(read, row, { headers });
  };
  await Promise.all([overHttp(load), inTurns(1, seconds, watch)]);
  return { acknowledged, visible, read };
}
