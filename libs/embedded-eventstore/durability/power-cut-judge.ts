import { readFileSync } from 'node:fs';
import { brokenPromise } from './broken-promise.js';

/** Judges a store that may crash its reader: `<folder> <file with what was acknowledged>`, exits with 1 where a promise is broken. */
const [folder, list] = process.argv.slice(2) as [string, string];
const broken = await brokenPromise(folder, JSON.parse(readFileSync(list, 'utf8')) as string[]);
if (broken) console.error(broken);
process.exit(broken ? 1 : 0);
