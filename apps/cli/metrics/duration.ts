const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A duration as people say it, to two digits or whole: `under 1 s`, `45 s`, `12 min`, `3.4 h`, `12 d`. */
export function duration(seconds: number): string {
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? [];
  if (unit === undefined || length === undefined) return 'under 1 s';
  const count = seconds / length;
  return `${count < 10 ? Number(count.toFixed(1)) : Math.round(count)} ${unit}`;
}
