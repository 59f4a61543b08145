import { fileURLToPath } from 'node:url';

/** A worker or a process cannot load TypeScript: from the sources, its file is taken from the build. `name` is one of this folder. */
export function builtFile(name: string): string {
  const file = fileURLToPath(new URL(`./${name}`, import.meta.url));
  return import.meta.url.endsWith('.ts') ? file.replace(/([/\\])libs([/\\])(?!.*\1libs\2)/, '$1dist$1libs$2') : file;
}
