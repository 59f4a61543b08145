/**
 * Whether there is such a time: a Date makes 2 March of 30 February, and what lies in UTC before year 1 or after 9999 does not sort as
 * text. `text`: a date and a time of ISO 8601 with its zone.
 */
export function isRealTime(text: string): boolean {
  const [day, time] = [text.slice(0, 'yyyy-mm-dd'.length), new Date(text)];
  if (Number.isNaN(time.getTime())) return false;
  const year = time.getUTCFullYear();
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day) && year >= 1 && year <= 9999;
}
