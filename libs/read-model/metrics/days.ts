const dayMs = 86_400_000;

/** The day in UTC, `2026-11-23`, that lies so many days after another one; before it where negative. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 'yyyy-mm-dd'.length);

/** How many days there are from one to another, both included. */
export const countDays = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / dayMs + 1;

export const daysBetween = (from: string, to: string): string[] =>
  Array.from({ length: countDays(from, to) }, (_, index) => dayAfter(from, index));

export const monthOf = (day: string): string => day.slice(0, 'yyyy-mm'.length);

/** The months of which all days are among these, which are in order and without a gap. */
export function wholeMonths(days: readonly string[]): string[] {
  const last = days.at(-1)!;
  const begun = days.filter((day) => day.endsWith('-01')).map(monthOf);
  return begun.filter((month) => month !== monthOf(last) || monthOf(dayAfter(last, 1)) !== month);
}
