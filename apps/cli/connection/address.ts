import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Tokens, parseTokenKey, tokenKey } from '#platform';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import { findRunning } from '../start/running.js';

/** Where a docket answers, and what says who asks. */
export interface Address {
  readonly url: string;
  readonly token: string;
}

/** As given on the command line. */
export interface AddressOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly data?: string | undefined;
}

const tokenSeconds = 3_600;

/** The folder of a docket on this machine. */
export const dataFolderOf = (options: AddressOptions, environment = process.env): string =>
  options.data ?? (environment.DOCKET_DATA || '.docket');

/** A folder that is named by a flag is meant: then the environment, which may speak of another docket, says nothing. */
const set = ({ data }: AddressOptions, value: string | undefined): string | undefined =>
  data === undefined ? value || undefined : undefined;

/** Throws Refusal. */
export function urlOf(options: AddressOptions, environment = process.env): string {
  const dataFolder = dataFolderOf(options, environment);
  const url = options.url ?? set(options, environment.DOCKET_URL) ?? findRunning(dataFolder)?.url;
  if (url === undefined)
    throw new Refusal(
      `No docket runs on ${dataFolder}: start one (docket start), or say where one answers with --url or DOCKET_URL`,
      exitCodes.unavailable,
    );
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new Refusal(`"${url}" is no address: write it like http://127.0.0.1:3000`, exitCodes.usage);
  return url;
}

/**
 * Address and token come from flags, else from the environment (DOCKET_URL, DOCKET_TOKEN), else from the docket that runs on the data
 * folder (DOCKET_DATA): whoever may read its key may sign for any role, so the token is one of an admin with the name of the user of
 * this machine. Such a token goes nowhere but to that docket. Throws Refusal.
 */
export async function addressOf(options: AddressOptions, environment = process.env): Promise<Address> {
  const url = urlOf(options, environment);
  const token = options.token ?? set(options, environment.DOCKET_TOKEN);
  if (token !== undefined) return { url, token };
  const dataFolder = dataFolderOf(options, environment);
  if (url !== findRunning(dataFolder)?.url)
    throw new Refusal(`Say who asks ${url} with --token or DOCKET_TOKEN; docket token prints one`, exitCodes.usage);
  return { url, token: await signedWithKeyOf(dataFolder, set(options, environment.DOCKET_TOKEN_KEY)) };
}

async function signedWithKeyOf(dataFolder: string, given: string | undefined): Promise<string> {
  const key = parseTokenKey(given ?? '');
  // A key must not be made here: this docket has one, which is not in its folder.
  if (!key && !existsSync(join(dataFolder, 'token.key')))
    throw new Refusal(
      `The docket on ${dataFolder} has its key from DOCKET_TOKEN_KEY: say who asks with --token, or set that too, with DOCKET_DATA for --data`,
      exitCodes.usage,
    );
  const tokens = new Tokens(await tokenKey({ dataFolder, tokenKey: key }));
  const id = userInfo().username;
  return tokens.sign({ id, name: id, kind: 'user', roles: ['admin'] }, tokenSeconds);
}
