import { Problem } from '#platform';

/** The names of what a reading finds wrong; none where it succeeds. */
export function mistakesOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) return (error.toJSON().errors as { name: string }[]).map(({ name }) => name);
    throw error;
  }
  return [];
}
