/** What the client gives for a read and for a subscription: a stream on top of a call that has to be cancelled on its own. */
export interface ClientStream {
  readonly items: Items;
  /** Ends the call. The client does not do that when the iteration ends early. */
  readonly cancel: () => Promise<void>;
}

interface Items {
  iterator(options: { destroyOnReturn: boolean }): AsyncIterable<unknown>;
  on(event: 'error', listener: () => void): unknown;
  destroy(error?: Error): unknown;
  resume(): unknown;
}

/**
 * Iterates a client's stream so that it ends in every case, the call is always given back, and no late error is left unhandled. One of
 * `signals` ends it as if there were no more; waiting longer than `silenceMs` for the next item is an error.
 */
export async function* drain<T>(
  { items, cancel }: ClientStream,
  signals: readonly AbortSignal[],
  silenceMs?: number,
): AsyncGenerator<T> {
  items.on('error', () => {}); // the iteration reports errors; one that comes when it is over must not end the process
  let waiting = true;
  let ended = false;
  const end = (error?: Error) => {
    ended = true;
    if (waiting) items.destroy(error);
  };
  const endQuietly = () => end();
  const listen = (signal: AbortSignal) => signal.addEventListener('abort', endQuietly);
  const ignore = (signal: AbortSignal) => signal.removeEventListener('abort', endQuietly);
  const giveUp = () => waiting && end(new Error(`no answer within ${silenceMs} ms`));
  const silence = silenceMs === undefined ? undefined : setTimeout(giveUp, silenceMs);

  signals.forEach(listen);
  if (signals.some(({ aborted }) => aborted)) end();
  try {
    for await (const item of items.iterator({ destroyOnReturn: false })) {
      waiting = false; // what the consumer takes its time for is not the server's silence
      yield item as T;
      if (ended) return;
      waiting = true;
      silence?.refresh();
    }
  } catch (error) {
    if (!signals.some(({ aborted }) => aborted)) throw error;
  } finally {
    clearTimeout(silence);
    signals.forEach(ignore);
    // Also reads to its end what has arrived: the client waits for that, when it is disposed of, and keeps the call until then.
    cancel().catch(() => {}); // rejects where the call could not even be opened
    items.resume();
  }
}
