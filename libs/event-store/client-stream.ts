/** What the client gives for a read and for a subscription: a stream on top of a call that has to be cancelled on its own. */
export interface ClientStream {
  readonly items: Items;
  /** Ends the call. The client does not do that when the iteration ends early. */
  readonly cancel: () => Promise<void>;
}

interface Items extends AsyncIterable<unknown> {
  on(event: 'error', listener: () => void): unknown;
  destroy(error?: Error): unknown;
}

/**
 * Iterates a client's stream so that it ends in every case, the call is always cancelled, and no late error is left unhandled. One of
 * `signals` ends it as if there were no more; waiting longer than `silenceMs` for the next item is an error.
 */
export async function* drain<T>(
  { items, cancel }: ClientStream,
  signals: readonly AbortSignal[],
  silenceMs?: number,
): AsyncGenerator<T> {
  items.on('error', () => {}); // the iteration reports errors; one that comes when it is over must not end the process
  const end = () => items.destroy();
  for (const signal of signals) {
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
  }
  let waiting = true;
  const silence =
    silenceMs === undefined
      ? undefined
      : setTimeout(() => waiting && items.destroy(new Error(`no answer within ${silenceMs} ms`)), silenceMs);
  try {
    for await (const item of items) {
      waiting = false; // what the consumer takes its time for is not the server's silence
      yield item as T;
      waiting = true;
      silence?.refresh();
    }
  } catch (error) {
    if (!signals.some(({ aborted }) => aborted)) throw error;
  } finally {
    clearTimeout(silence);
    for (const signal of signals) signal.removeEventListener('abort', end);
    cancel().catch(() => {}); // rejects where the call could not even be opened
  }
}
