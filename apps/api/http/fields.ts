import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ArrayMaxSize, IsIn, IsInt, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { isRealTime } from './moments.js';
import { isUnicode } from './unicode.js';

/**
 * Fields of request bodies and queries. Each decorator says at once how a field is read, what makes it valid and how OpenAPI describes
 * it, so that the three cannot differ.
 */

type Reader = (raw: unknown) => unknown;
const readers = Symbol('readers of the fields of a DTO');

/** How each field of a DTO is read from JSON or from a query string, by its name; undefined for a class that is no DTO. */
export const fieldsOf = (dto: { prototype: object }): ReadonlyMap<string, Reader> | undefined =>
  Reflect.getMetadata(readers, dto.prototype) as ReadonlyMap<string, Reader> | undefined;

function Field(read: Reader, description: ApiPropertyOptions, ...rules: PropertyDecorator[]): PropertyDecorator {
  const remember: PropertyDecorator = (prototype, name) => {
    const inherited = fieldsOf(prototype.constructor);
    Reflect.defineMetadata(readers, new Map([...(inherited ?? []), [String(name), read]]), prototype);
  };
  return applyDecorators(remember, ApiProperty(description), ...rules);
}

const asItCame: Reader = (raw) => raw;
const asList = (raw: unknown): unknown => (raw === undefined || Array.isArray(raw) ? raw : [raw]);

function Rule(
  name: string,
  valid: (value: unknown, dto: object) => boolean,
  message: string | ((value: unknown) => string),
) {
  return ValidateBy({
    name,
    validator: {
      validate: (value: unknown, args?: ValidationArguments) => valid(value, args?.object ?? {}),
      defaultMessage: (args) => (typeof message === 'string' ? message : message(args?.value)),
    },
  });
}

// ── whether it must be there ──

/** May be left out; `null` is not the same as left out. */
export const Optional = () =>
  applyDecorators(
    ValidateIf((_, value) => value !== undefined),
    ApiProperty({ required: false }),
  );

export const Nullable = () =>
  applyDecorators(
    ValidateIf((_, value) => value !== null),
    ApiProperty({ nullable: true }),
  );

// ── what it may be ──

type About = { readonly description: string; readonly example?: unknown };

/** Code points, for that is what a reader counts; a string that is too long in UTF-16 units is too long in any. */
const within = (text: string, max: number) => text.length <= max || (text.length <= 2 * max && [...text].length <= max);
const says = (text: string) => /\S/.test(text);
const isText = (value: unknown, max: number) =>
  typeof value === 'string' && says(value) && within(value, max) && isUnicode(value);
const whereCut = (value: unknown) =>
  [value].flat().some((each) => typeof each === 'string' && !isUnicode(each))
    ? 'must not hold half a character (\\ud83d alone): cut text between characters'
    : undefined;

/** What somebody has typed so far: nothing at first. At most `max` code points. */
export const Typed = ({ max, ...about }: About & { readonly max: number }) =>
  Field(
    asItCame,
    { type: String, maxLength: max, ...about },
    Rule(
      'typed',
      (value) => typeof value === 'string' && within(value, max) && isUnicode(value),
      (value) => whereCut(value) ?? `must be text of at most ${max} characters`,
    ),
  );

/** Text that is not blank, of at most `max` code points. */
export const Text = ({ max, ...about }: About & { readonly max: number }) =>
  Field(
    asItCame,
    { type: String, minLength: 1, maxLength: max, ...about },
    Rule(
      'text',
      (value) => isText(value, max),
      (value) => whereCut(value) ?? `must be text that is not blank, of at most ${max} characters`,
    ),
  );

const isTexts = (value: unknown, max: number) => Array.isArray(value) && value.every((each) => isText(each, max));

/** At most `atMost` texts of at most `max` code points each. `repeatable`: in a query, where a single value is no array. */
export const Texts = ({
  max,
  atMost,
  atLeast = 0,
  repeatable = false,
  ...about
}: About & {
  readonly max: number;
  readonly atMost: number;
  readonly atLeast?: number;
  readonly repeatable?: boolean;
}) =>
  Field(
    repeatable ? asList : asItCame,
    {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: max },
      minItems: atLeast,
      maxItems: atMost,
      ...about,
    },
    Rule(
      'texts',
      (value) => isTexts(value, max) && (value as string[]).length >= atLeast,
      (value) =>
        whereCut(value) ??
        `must be ${repeatable ? '' : 'an array of '}texts that are not blank, of at most ${max} characters each${atLeast > 0 ? `, at least ${atLeast}` : ''}`,
    ),
    ArrayMaxSize(atMost, { message: `must have at most ${atMost} entries` }),
  );

type Choice = About & {
  /** Other spellings that are understood, in lower case, and what they stand for; null where they mean "not set". */
  readonly aliases?: Readonly<Record<string, string | null>>;
};

/** Finds a value without regard to case; what is not among them stays as it is, for the rule to refuse. */
function choose(values: readonly string[], aliases: Choice['aliases'] = {}): Reader {
  const known = new Map<string, string | null>(Object.entries(aliases));
  for (const value of values) known.set(value.toLowerCase(), value);
  return (raw) => (typeof raw === 'string' ? (known.has(raw.toLowerCase()) ? known.get(raw.toLowerCase()) : raw) : raw);
}

/** One of a closed list of words, read without regard to case. */
export const OneOf = (values: readonly string[], { aliases, ...about }: Choice) =>
  Field(
    choose(values, aliases),
    { type: String, enum: [...values], ...about },
    IsIn(values, { message: `must be one of ${values.join(', ')}` }),
  );

/** Some of a closed list of words; in a query a word may be repeated as a parameter, or where they are `separated`, follow a comma. */
export const SomeOf = (
  values: readonly string[],
  {
    aliases,
    atMost,
    repeatable = true,
    separated = false,
    ...about
  }: Choice & { readonly atMost: number; readonly repeatable?: boolean; readonly separated?: boolean },
) => {
  const one = choose(values, aliases);
  return Field(
    (raw) => {
      const list = repeatable ? asList(raw) : raw;
      if (!Array.isArray(list)) return list;
      const words = (list as unknown[]).flatMap((word) =>
        separated && typeof word === 'string' ? word.split(',') : word,
      );
      return words.map(one);
    },
    { type: 'array', items: { type: 'string', enum: [...values] }, maxItems: atMost, ...about },
    Rule(
      'someOf',
      (value) => Array.isArray(value) && value.every((each) => values.includes(each as string)),
      `must be some of ${values.join(', ')}`,
    ),
    ArrayMaxSize(atMost, { message: `must have at most ${atMost} entries` }),
  );
};

/** Text of a form that `pattern` tells and `form` says in words. */
export const Formed = ({ pattern, form, ...about }: About & { readonly pattern: RegExp; readonly form: string }) =>
  Field(
    asItCame,
    { type: String, pattern: pattern.source, ...about },
    Rule('formed', (value) => typeof value === 'string' && pattern.test(value), `must be ${form}`),
  );

/** A JSON object that is read elsewhere. */
export const Document = (about: About) =>
  Field(
    asItCame,
    { type: 'object', additionalProperties: true, ...about },
    Rule(
      'document',
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'must be a JSON object',
    ),
  );

/** `true` or `false`, in a query too. */
export const YesOrNo = (about: About) =>
  Field(
    (raw) => (raw === 'true' ? true : raw === 'false' ? false : raw),
    { type: Boolean, ...about },
    Rule('yesOrNo', (value) => typeof value === 'boolean', 'must be true or false'),
  );

/** A whole number in a query. */
export const WholeNumber = ({
  min,
  max,
  ...about
}: About & { readonly min: number; readonly max: number; readonly default?: number }) =>
  Field(
    (raw) => (typeof raw === 'string' && /^\d{1,15}$/.test(raw) ? Number(raw) : raw),
    { type: 'integer', minimum: min, maximum: max, ...about },
    IsInt({ message: `must be a whole number from ${min} to ${max}` }),
    Min(min, { message: `must be at least ${min}` }),
    Max(max, { message: `must be at most ${max}` }),
  );

/** A time with its zone (RFC 3339); a `+` that arrived as a space is understood. Becomes UTC with milliseconds. */
export const Moment = (about: About) =>
  Field(
    (raw) => (typeof raw === 'string' ? (readMoment(raw) ?? raw) : raw),
    { type: String, format: 'date-time', example: '2026-01-22T12:09:23Z', ...about },
    Rule(
      'moment',
      (value) => typeof value === 'string' && readMoment(value) !== undefined,
      'must be a time with its zone, e.g. 2026-01-22T12:09:23Z',
    ),
  );

export function readMoment(text: string): string | undefined {
  const repaired = text.replace(/ (\d\d:\d\d)$/, '+$1');
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/.test(repaired)) return undefined;
  return isRealTime(repaired) ? new Date(repaired).toISOString() : undefined;
}

/** A rule between fields: it is checked where this one is given. */
export const Fits = (name: string, fits: (dto: never) => boolean, message: string) =>
  Rule(name, (_, dto) => fits(dto as never), message);
