import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { fieldsOf } from './fields.js';
import { invalid, invalidRequest } from './invalid.js';
import type { Mistake } from './invalid.js';

type Dto = new () => object;

/** Turns bodies and queries into the DTO that the route declares. Whatever the DTO does not name is refused. */
export class DtoPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || !metatype || metatype === Object) return value;
    return readDto(metatype as Dto, value, type);
  }
}

/** @throws Problem invalid-request that names every mistake */
export function readDto<T extends object>(dto: new () => T, raw: unknown, where: 'body' | 'query'): T {
  const given = raw ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw invalid(where, '', 'The body must be one JSON object');

  const fields = fieldsOf(dto) ?? new Map<string, (raw: unknown) => unknown>();
  const read = new dto() as T & Record<string, unknown>;
  const mistakes: Mistake[] = [];
  for (const [name, value] of Object.entries(given)) {
    const field = fields.get(name);
    if (field) (read as Record<string, unknown>)[name] = field(value);
    else mistakes.push({ in: where, name, message: `is not known here; ${known([...fields.keys()])}` });
  }
  if (fields.size > 0) {
    for (const { property, constraints = {} } of validateSync(read, { stopAtFirstError: true })) {
      for (const message of Object.values(constraints)) {
        const missing = !(property in given);
        mistakes.push({ in: where, name: property, message: missing ? `is missing; it ${message}` : message });
      }
    }
  }
  if (mistakes.length > 0) throw invalidRequest(mistakes);
  return read;
}

const known = (names: readonly string[]) =>
  names.length === 0 ? 'nothing may be given here' : `known are ${names.join(', ')}`;
