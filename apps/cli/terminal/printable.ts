/**
 * Text of others as it may be shown in a terminal: names of alerts and comments come from whoever attacks, and could move the cursor,
 * colour what is not theirs, or turn the direction of writing.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    /[\t-\r\u2028\u2029]/.test(character) ? ' ' : '',
  );
}

/** The same for text of several lines. */
export const printableLines = (text: string): string[] => text.split(/\r\n|[\n\r\u2028\u2029]/).map(printable);

/** A time of ISO 8601 to the second, in UTC as all times that Docket shows. */
export const second = (at: string): string => at.slice(0, 19).replace('T', ' ');

/** How long ago, roughly: `now`, `5 min`, `3 h`, `12 d`. */
export function age(at: string, now = Date.now()): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(at)) / 60_000));
  if (minutes < 1) return 'now';
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
