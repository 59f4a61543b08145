import { v5 } from 'uuid';
import type { Command } from './decider.js';

/** Namespaces of our own (RFC 9562): never change them, ids already stored were made with them. */
const COMMANDS = 'c4b8c5f6-2f0e-4b57-9c0b-0d9c1c0a7a11';
const EVENTS = '5f4c1f0a-6a55-4f0c-8f8e-4d1b7d9a2e36';

/** The id of a command made from what identifies it (actor, method, path, key …): the same parts, the same id. */
export function commandId(...parts: readonly string[]): string {
  return v5(JSON.stringify(parts), COMMANDS);
}

/**
 * The id of the event that a command appends as its `index`-th (from 0) to a stream. Another body under the same id makes other events:
 * the store, which knows a repetition by its event ids, must not take one for the other.
 */
export function eventId(
  { id, bodyHash = '' }: Pick<Command, 'id' | 'bodyHash'>,
  stream: string,
  index: number,
): string {
  return v5(`${id} ${bodyHash} ${index} ${stream}`, EVENTS);
}
