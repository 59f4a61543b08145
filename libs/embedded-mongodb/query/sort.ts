import { CommandError, notSupported } from '../errors.js';
import { entries, isNumber, numberOf, Type, type Value } from '../bson/raw.js';
import { type Field, fieldOf } from '../plan/keys.js';

/** `{status: 1, position: -1}` */
export function parseSort(value: Value | undefined): Field[] {
  if (!value) return [];
  return Array.from(entries(value), ([name, direction]) => {
    if (direction.type === Type.object) throw notSupported(`$meta in a sort ('${name}')`);
    if (name === '$natural') throw notSupported('$natural');
    const number = isNumber(direction.type) ? numberOf(direction) : NaN;
    if (number !== 1 && number !== -1)
      throw new CommandError('Location15975', `$sort key ordering must be 1 (for ascending) or -1 (for descending)`);
    return fieldOf(name, number);
  });
}
