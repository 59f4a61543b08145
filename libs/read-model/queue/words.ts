/** As names are compared. */
export const withoutCase = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Letters and digits in any script; everything else stands between words. A word counts up to its 64th character. */
export const wordsOf = (text: string): string[] =>
  (withoutCase(text).match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) => [...word].slice(0, 64).join(''));
