/** Blanks, and what takes no room: products leave it at the ends of titles, where nobody sees it. */
const unseen = String.raw`[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]+`;
const atTheEnds = new RegExp(`^${unseen}|${unseen}$`, 'g');

/** A title as people read it, so that two that look the same are the same. Empty where nothing can be seen. */
export const inSight = (title: string): string => title.replace(atTheEnds, '');

/** A category as a name says it, however the product spelt it: `CommandAndControl`, `command_and_control` → `Command and control`. */
export function inWords(category: string): string {
  const words = inSight(category)
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .replace(/[\s_]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** At most `limit` code points; what was cut ends in `…`. */
export function cutTo(limit: number, text: string): string {
  if (text.length <= limit) return text;
  const points = [...text];
  return points.length <= limit
    ? text
    : `${points
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}
