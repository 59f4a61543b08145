type Problem = Readonly<Record<string, unknown>>;

/** What a problem of RFC 9457 says, in one line. */
export function problemIn(problem: Problem = {}): string {
  const errors = (problem.errors as readonly { name: string; message: string }[] | undefined) ?? [];
  if (errors.length > 0) return errors.map(({ name, message }) => `${name} ${message}`.trim()).join('; ');
  const said = [problem.title, problem.detail].filter((each) => typeof each === 'string').join('. ');
  return withValues(said, problem);
}

/** The API's words name members of the problem (`limit`), which are not seen here: their values stand instead. */
export const withValues = (words: string, problem: Problem): string =>
  words.replace(/`(\w+)`/g, (name, member: string) => {
    const value = Object.hasOwn(problem, member) ? problem[member] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : name;
  });
