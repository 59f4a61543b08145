/** Arithmetic of $inc: int32 grows to int64, a double makes a double. */
import { Double, Int32, Long } from 'bson';
import { CommandError } from '../errors.js';
import { numberOf, Type, type Value } from '../bson/raw.js';
import { valueOf } from '../bson/write.js';

const bigOf = (value: Value): bigint =>
  value.type === Type.int64 ? value.bytes.readBigInt64LE(value.start) : BigInt(value.bytes.readInt32LE(value.start));

export function sum(a: Value, b: Value): Value {
  if (a.type === Type.double || b.type === Type.double) return valueOf(new Double(numberOf(a) + numberOf(b)));
  const total = bigOf(a) + bigOf(b);
  if (a.type === Type.int32 && b.type === Type.int32 && total === BigInt.asIntN(32, total))
    return valueOf(new Int32(Number(total)));
  if (total !== BigInt.asIntN(64, total))
    throw new CommandError('BadValue', 'Failed to apply $inc operations: the result does not fit into 64 bits');
  return valueOf(Long.fromBigInt(total));
}
