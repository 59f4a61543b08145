/** A document of RFC 9457, as it came. */
export type Problem = Readonly<Record<string, unknown>>;

/** What a problem of RFC 9457 says, in one line. */
export function problemIn(problem: Problem = {}): string {
  const mistakes = mistakesIn(problem);
  return mistakes.length > 0 ? mistakes.join('; ') : sentencesOf(problem);
}

/** What is wrong with a request, each in words. */
export const mistakesIn = ({ errors = [] }: Problem): string[] =>
  (errors as readonly { name: string; message: string }[]).map(({ name, message }) => `${name} ${message}`.trim());

/** Title and detail. */
export const sentencesOf = (problem: Problem): string =>
  withValues([problem.title, problem.detail].filter((each) => typeof each === 'string').join('. '), problem);

/** The API's words name members of the problem (`limit`), which are not seen here: their values stand instead. */
export const withValues = (words: string, problem: Problem): string =>
  words.replace(/`(\w+)`/g, (name, member: string) => {
    const value = Object.hasOwn(problem, member) ? problem[member] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : name;
  });
