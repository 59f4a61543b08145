/** A command as it came, with checked access to its fields. */
import { CommandError, notSupported } from '../errors.js';
import { verify } from '../bson/raw.js';
import {
  bytesOf,
  document,
  entries,
  isNumber,
  items,
  numberOf,
  stringOf,
  truthy,
  Type,
  typeName,
  type Value,
} from '../bson/raw.js';
import type { Message } from '../wire/message.js';

/** Fields that any command may have. */
const generic = new Set(
  (
    'lsid txnNumber $db $clusterTime $readPreference readConcern writeConcern maxTimeMS comment apiVersion apiStrict ' +
    'apiDeprecationErrors autocommit startTransaction bypassDocumentValidation'
  ).split(' '),
);

export class Request {
  readonly name: string;
  readonly database: string;
  private readonly fields: ReadonlyMap<string, Value>;

  constructor(private readonly message: Message) {
    verify(message.body);
    this.fields = new Map(entries(document(message.body)));
    this.name = this.fields.keys().next().value ?? '';
    const database = this.fields.get('$db');
    this.database = message.database ?? (database ? stringOf(database) : 'admin');
  }

  get isLegacy(): boolean {
    return this.message.legacy;
  }

  /** Refuses fields that are neither known nor left out by name, and transactions. */
  allow(known: readonly string[], left: readonly string[]): void {
    for (const name of this.fields.keys()) {
      if (name === this.name || generic.has(name) || known.includes(name)) continue;
      if (left.includes(name)) throw notSupported(`the field '${name}' of ${this.name}`);
      throw new CommandError('Location40415', `BSON field '${this.name}.${name}' is an unknown field.`);
    }
    if (this.fields.has('autocommit') || this.fields.has('startTransaction'))
      throw notSupported('multi-document transactions');
    const level = this.object('readConcern')?.get('level');
    if (level && stringOf(level) === 'snapshot') throw notSupported("readConcern 'snapshot'");
    if (this.object('writeConcern')) this.checkWriteConcern();
  }

  private checkWriteConcern(): void {
    const w = this.object('writeConcern')?.get('w');
    if (!w || (isNumber(w.type) && numberOf(w) <= 1) || (w.type === Type.string && stringOf(w) === 'majority')) return;
    throw notSupported('a writeConcern of more than one member');
  }

  get(name: string): Value | undefined {
    const value = this.fields.get(name);
    return value?.type === Type.null ? undefined : value;
  }

  private typed(name: string, type: number): Value | undefined {
    const value = this.get(name);
    if (value && value.type !== type)
      throw new CommandError(
        'TypeMismatch',
        `BSON field '${this.name}.${name}' is the wrong type '${typeName[value.type]}', expected type '${typeName[type]}'`,
      );
    return value;
  }

  document(name: string): Value | undefined {
    return this.typed(name, Type.object);
  }

  object(name: string): ReadonlyMap<string, Value> | undefined {
    const value = this.document(name);
    return value && new Map(entries(value));
  }

  string(name: string): string | undefined {
    const value = this.typed(name, Type.string);
    return value && stringOf(value);
  }

  flag(name: string, absent = false): boolean {
    const value = this.get(name);
    return value ? truthy(value) : absent;
  }

  /** A whole number, not negative. */
  number(name: string): number | undefined {
    const value = this.get(name);
    if (!value) return undefined;
    const number = isNumber(value.type) ? numberOf(value) : NaN;
    if (Number.isNaN(number))
      throw new CommandError(
        'TypeMismatch',
        `BSON field '${this.name}.${name}' is the wrong type '${typeName[value.type]}', expected types '[long, int, decimal, double]'`,
      );
    if (number < 0)
      throw new CommandError('Location51024', `BSON field '${name}' value must be >= 0, actual value '${number}'`);
    return Math.trunc(number);
  }

  /** An int64 as it is. */
  long(name: string): bigint | undefined {
    const value = this.get(name);
    if (!value || !isNumber(value.type)) return undefined;
    return value.type === Type.int64 ? value.bytes.readBigInt64LE(value.start) : BigInt(Math.trunc(numberOf(value)));
  }

  /** Documents, whether they came in the body or beside it. */
  documents(name: string): Buffer[] {
    const beside = this.message.sequences.get(name);
    if (beside) {
      for (const bytes of beside) verify(bytes);
      return beside;
    }
    return this.list(name).map((item) => {
      if (item.type === Type.object) return bytesOf(item);
      throw new CommandError(
        'TypeMismatch',
        `BSON field '${this.name}.${name}' holds the wrong type '${typeName[item.type]}', expected type 'object'`,
      );
    });
  }

  /** An array that must be there. */
  list(name: string): Value[] {
    const list = this.typed(name, Type.array);
    if (list) return items(list);
    throw new CommandError('Location40414', `BSON field '${this.name}.${name}' is missing but a required field`);
  }

  /** The collection that the command names in its first field. */
  get namespace(): string {
    const value = this.fields.get(this.name)!;
    if (value.type !== Type.string)
      throw new CommandError('InvalidNamespace', `collection name has invalid type ${typeName[value.type]}`);
    const name = stringOf(value);
    if (name === '' || name.includes('\0'))
      throw new CommandError('InvalidNamespace', `Invalid namespace specified '${this.database}.${name}'`);
    return `${this.database}.${name}`;
  }

  /** Of a write that the driver may repeat: which session, and the number of the write in it. */
  get repeatable(): { session: Buffer; number: bigint } | undefined {
    const number = this.long('txnNumber');
    const session = this.document('lsid');
    return number !== undefined && session ? { session: bytesOf(session), number } : undefined;
  }
}
