import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from './finding.js';
import { well } from './finding.js';

/** Of the package that this file belongs to, built or not. */
export function ownVersion(folder = import.meta.dirname): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return ownVersion(dirname(folder));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Of this command, and of the API where it describes itself. */
export async function versions(url: string | undefined): Promise<Finding> {
  const api = url === undefined ? undefined : await apiVersion(url);
  return well('versions', `this command ${ownVersion()}${api === undefined ? '' : `, API ${api}`}`);
}

async function apiVersion(url: string): Promise<string | undefined> {
  const response = await fetch(new URL('/openapi.json', url)).catch(() => undefined);
  const description: unknown = response?.ok ? await response.json().catch(() => undefined) : undefined;
  return (description as { info?: { version?: string } } | undefined)?.info?.version;
}
