import type { LiveStream } from './live-stream.js';
import type { LiveMessage } from './messages.js';

/** Who listens to what. */
export class Audience {
  readonly #ofAll = new Set<LiveStream>();
  readonly #ofOne = new Map<string, Set<LiveStream>>();

  /** Until it is gone. */
  add(stream: LiveStream): void {
    if (stream.gone.aborted) return;
    this.#group(stream).add(stream);
    stream.gone.addEventListener('abort', () => this.#remove(stream), { once: true });
  }

  offer(message: LiveMessage): void {
    for (const stream of this.#ofAll) stream.offer(message);
    for (const stream of this.#ofOne.get(message.incidentId) ?? []) stream.offer(message);
  }

  #group({ incidentId }: LiveStream): Set<LiveStream> {
    if (incidentId === undefined) return this.#ofAll;
    const group = this.#ofOne.get(incidentId) ?? new Set();
    this.#ofOne.set(incidentId, group);
    return group;
  }

  #remove(stream: LiveStream): void {
    const group = this.#group(stream);
    group.delete(stream);
    if (group.size === 0 && stream.incidentId !== undefined) this.#ofOne.delete(stream.incidentId);
  }
}
