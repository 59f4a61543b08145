/**
 * Halves of characters: what JSON can write (`\ud83d`) and UTF-8 cannot, so that each store would make something else of it. They come
 * where text was cut in the middle of a character.
 */
const half = /\p{Surrogate}/u;
const halves = /\p{Surrogate}/gu;

export const isUnicode = (text: string): boolean => !half.test(text);

/** The same value where all its text and names are Unicode; else a copy with `�` for each half. Recursive: not for what is deep. */
export function toUnicode<T>(value: T): T;
export function toUnicode(value: unknown): unknown {
  if (typeof value === 'string') return isUnicode(value) ? value : value.replace(halves, '\ufffd');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    const whole = list.map((each) => toUnicode(each));
    return whole.every((each, index) => each === list[index]) ? list : whole;
  }
  const said = Object.entries(value);
  const whole = said.map(([name, each]) => [toUnicode(name), toUnicode(each)] as const);
  return whole.every(([name, each], index) => name === said[index]![0] && each === said[index]![1])
    ? value
    : Object.fromEntries(whole);
}
