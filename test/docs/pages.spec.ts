import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { schemas } from '#incidents';

const root = join(import.meta.dirname, '../..');
const page = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...[
    'docs',
    'docs/how-to',
    'docs/reference',
    'docs/explanation',
    'docs/decisions',
    'examples',
    'test/bench',
    'test/chaos',
  ].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

describe('the documentation', () => {
  it('lists every event', () => {
    const listed = [...page('docs/reference/events.md').matchAll(/^\| `([A-Z]\w+)`/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(Object.keys(schemas).sort());
  });

  it.each(pages)('%s leads only to what is there', (path) => {
    const links = [...page(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    const named = [...page(path).matchAll(/`((?:apps|libs|test|docs|examples)\/[\w./-]+\.\w+)`/g)].map(
      ([, file]) => file!,
    );
    const missing = [
      ...links.filter((link) => !existsSync(join(root, dirname(path), link))),
      ...named.filter((file) => !existsSync(join(root, file))),
    ];
    expect(missing).toEqual([]);
  });
});
