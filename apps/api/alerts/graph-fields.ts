import { classifications, determinations, fits } from '#incidents';
import type { Determination, Judgement } from '#incidents';
import { invalidRequest } from '../http/invalid.js';
import { isRealTime } from '../http/moments.js';
import { toUnicode } from '../http/unicode.js';
import type { Mistake } from '../http/invalid.js';
import { determinationAliases, unset } from './graph-vocabulary.js';

export type Raw = Readonly<Record<string, unknown>>;

/** What was not taken over to the letter. */
export interface Adaptation {
  readonly property: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly because: string;
}

export interface FieldsOptions {
  /** What it is, for messages: `An alert`. */
  readonly what: string;
  /** Whether a word that nobody here knows, and text that is too long, is adapted. Else it is a mistake. */
  readonly adapts?: boolean;
}

const deepest = 64;

/**
 * Reads the properties of one of Graph's objects, which are open documents and untidy in practice: enumerations in any case, null,
 * "unknown" or nothing where something is not set, timestamps with up to nine digits of fraction. Collects every mistake, and whatever
 * is adapted; of that the original is kept.
 */
export class GraphFields {
  readonly adapted: Adaptation[] = [];
  readonly #mistakes: Mistake[] = [];
  readonly #read = new Set<string>();
  readonly #kept: Record<string, unknown> = {};

  private constructor(
    readonly raw: Raw,
    private readonly options: FieldsOptions,
  ) {}

  /** @throws Problem invalid-request where it is no object, or too deep for anybody to look into */
  static of(raw: unknown, options: FieldsOptions): GraphFields {
    const refuse = (message: string) =>
      invalidRequest([{ in: 'body', name: '', message: `${options.what} ${message}` }]);
    if (!isObject(raw)) throw refuse('must be a JSON object');
    if (isDeeperThan(raw, deepest)) throw refuse(`must not be nested deeper than ${deepest} levels`);
    const fields = new GraphFields(toUnicode(raw), options);
    fields.#tellWhereCut(raw);
    return fields;
  }

  #tellWhereCut(raw: Raw): void {
    const because = 'text must not be cut in the middle of a character';
    for (const [name, from] of Object.entries(raw)) {
      const to = this.raw[name] ?? null;
      if (to !== (from ?? null)) this.adapted.push({ property: name, from, to, because });
    }
  }

  refuse(name: string, message: string): void {
    this.#mistakes.push({ in: 'body', name, message });
  }

  /** What came is kept among what came beside. */
  adapt(name: string, to: unknown, because: string): void {
    const from = this.raw[name] ?? null;
    this.adapted.push({ property: name, from, to, because });
    if (from !== null) this.#kept[name] = from;
  }

  /** Takes a property out of what came beside. */
  take(name: string): unknown {
    this.#read.add(name);
    return this.raw[name] ?? null;
  }

  /** One of a closed list of words. */
  word<T extends string>(
    name: string,
    words: readonly T[],
    aliases: Readonly<Record<string, T | null>>,
    otherwise: T | null = null,
  ): T | null {
    const value = this.take(name);
    if (value === null || value === '') return null;
    const key = typeof value === 'string' ? value.toLowerCase() : '';
    if (Object.hasOwn(aliases, key)) return aliases[key]!;
    const found = words.find((each) => each.toLowerCase() === key);
    if (found !== undefined) return found;
    if (this.options.adapts && typeof value === 'string') {
      this.adapt(name, otherwise, `Docket knows ${words.join(', ')}`);
      return otherwise;
    }
    this.refuse(name, `must be one of ${words.join(', ')}, null or left out`);
    return null;
  }

  /** A word of an open list: in Graph's spelling where Graph has it. */
  openWord(name: string, words: readonly string[], max: number): string | null {
    const value = this.text(name, max);
    if (value === null || Object.hasOwn(unset, value.toLowerCase())) return null;
    return words.find((each) => each.toLowerCase() === value.toLowerCase()) ?? value;
  }

  /** Text of at most `max` code points; null where it is blank. */
  text(name: string, max: number): string | null {
    const value = this.take(name);
    if (value === null) return null;
    if (typeof value === 'string' && [...value].length <= max) return value.trim() === '' ? null : value;
    if (typeof value === 'string' && this.options.adapts) {
      const shortened = [...value].slice(0, max).join('');
      this.adapt(name, shortened, `it may have ${max} characters`);
      return shortened;
    }
    this.refuse(name, `must be text of at most ${max} characters, null or left out`);
    return null;
  }

  time(name: string): string | null {
    const value = this.take(name);
    if (value === null || value === '') return null;
    if (isTimestamp(value)) return value;
    this.refuse(name, 'must be a time that exists, with its zone, e.g. 2026-01-22T12:09:23.1433333Z');
    return null;
  }

  /**
   * A determination that Graph has retired, or that does not belong to the classification, is no reason to turn anything away: it counts
   * as not set, and is kept among what came beside.
   */
  judgement(): Judgement {
    const classification = this.word('classification', classifications, unset);
    const said = this.take('determination');
    const key = typeof said === 'string' ? said.toLowerCase() : '';
    const aliases: Readonly<Record<string, Determination | null>> = determinationAliases;
    const determination = Object.hasOwn(aliases, key)
      ? aliases[key]!
      : (determinations.find((each) => each.toLowerCase() === key) ?? null);
    if (classification !== null && determination !== null && fits(determination, classification))
      return { classification, determination };
    const means = said !== null && said !== '' && !(Object.hasOwn(aliases, key) && aliases[key] === null);
    if (means)
      this.adapt(
        'determination',
        null,
        determination === null
          ? 'Docket knows no such determination'
          : `it does not belong to the classification ${classification ?? 'that is not set'}`,
      );
    return { classification, determination: null };
  }

  /** Everything that was not read by name, and the originals of what was adapted. `without`: what is kept elsewhere. */
  beside(without: readonly string[] = []): Raw {
    const left = Object.entries(this.raw).filter(([name]) => !this.#read.has(name) && !without.includes(name));
    return { ...Object.fromEntries(left), ...this.#kept };
  }

  /** @throws Problem invalid-request that names every mistake */
  assertReadable(): void {
    if (this.#mistakes.length > 0) throw invalidRequest(this.#mistakes);
  }
}

export const isObject = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isTimestamp = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(value) &&
  isRealTime(value);

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
