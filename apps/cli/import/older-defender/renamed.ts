import type { Row } from '../reading/exported-file.js';

/** What Graph writes instead of a value. */
type As = (value: unknown) => unknown;

/** Names of the older API, and where Graph has the same: a path where Graph nests it, and how the value is written there. */
export type Names = Readonly<Record<string, string | readonly [path: string, as: As]>>;

/**
 * The row in Graph's names. What has no name there stays as it came, as does what would take the place of another value. The older API's
 * documentation and its answers do not agree in capitals (`DeviceId`, `deviceId`): both are read.
 */
export function renamed(row: Row, names: Names): Row {
  const inLowerCase = new Map(Object.entries(names).map(([name, to]) => [name.toLowerCase(), to]));
  const kept: [string, unknown][] = [];
  const named: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    const to = inLowerCase.get(name.toLowerCase()) ?? name;
    const [path, as] = typeof to === 'string' ? [to, undefined] : to;
    const [outermost, ...inner] = path.split('.');
    const isTaken = outermost !== name && Object.hasOwn(row, outermost!);
    if (path === name && !as) kept.push([name, value]);
    else if (isTaken || !put(named, [outermost!, ...inner], as ? as(value) : value)) kept.push([name, value]);
  }
  return { ...Object.fromEntries(kept), ...named };
}

/** Says whether there was room. */
function put(into: Record<string, unknown>, [name, ...inner]: readonly string[], value: unknown): boolean {
  if (inner.length > 0) return put((into[name!] ??= {}) as Record<string, unknown>, inner, value);
  if (Object.hasOwn(into, name!)) return false;
  into[name!] = value;
  return true;
}

export const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ids are numbers in the older API, texts in Graph. A rounded one stays a number, for it is the id of another. */
export const text: As = (value) => (Number.isSafeInteger(value) ? String(value) : value);

/** Each object of a list, or the only one without a list; whatever else is there stays. */
export const each =
  (translate: (row: Row) => unknown): As =>
  (value) => {
    const translated = (row: unknown) => (isObject(row) ? translate(row) : row);
    return Array.isArray(value) ? value.map(translated) : translated(value);
  };
