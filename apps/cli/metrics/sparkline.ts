const steps = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Counts as a line of bars, one for each, or for as many as fit into `width` columns together; empty where there is nothing to see. */
export function sparkline(counts: readonly number[], width: number): string {
  const together = Math.ceil(counts.length / width);
  const sums = Array.from({ length: Math.ceil(counts.length / together) }, (_, index) =>
    counts.slice(index * together, (index + 1) * together).reduce((sum, each) => sum + each, 0),
  );
  const most = Math.max(...sums);
  if (most === 0) return '';
  return sums.map((sum) => (sum === 0 ? ' ' : steps[Math.ceil((sum / most) * steps.length) - 1]!)).join('');
}
