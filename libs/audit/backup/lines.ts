import type { Readable } from 'node:stream';

/** The lines of a text in UTF-8, without their line feeds; one that has none at the end of the text counts too. Throws what reading throws. */
export async function* linesOf(text: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of text.setEncoding('utf8')) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
