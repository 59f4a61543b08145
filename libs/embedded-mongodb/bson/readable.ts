/** A value as JavaScript has it, types kept: for messages and for the few places that compute. */
import { deserialize } from 'bson';
import type { Value } from './raw.js';
import { Writer } from './write.js';

export function readable(value: Value): unknown {
  const writer = new Writer(value.end - value.start + 16);
  const begun = writer.begin();
  writer.node('v', value);
  writer.end(begun);
  return deserialize(writer.take(), { promoteValues: false }).v;
}
