import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter();

/** Breaks a line at its spaces, and within a word that is longer than a line, so that none takes more than `width` columns. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= width) {
      line = longer;
      continue;
    }
    const parts = cut(word, width);
    if (line !== '') lines.push(line);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1)!;
  }
  return [...lines, line];
}

/** A word in parts of at most `width` columns; what people take for one character stays whole. */
function cut(word: string, width: number): string[] {
  if (stringWidth(word) <= width) return [word];
  const parts = [''];
  for (const { segment } of graphemes.segment(word))
    if (stringWidth(parts.at(-1)! + segment) <= width) parts.push(parts.pop()! + segment);
    else parts.push(segment);
  return parts.filter((part) => part !== '');
}
