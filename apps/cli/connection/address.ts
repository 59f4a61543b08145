import { userInfo } from 'node:os';
import { Tokens, parseTokenKey, tokenKey } from '#platform';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusals.js';
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

/**
 * Address and token come from flags, else from the environment (DOCKET_URL, DOCKET_TOKEN), else from the docket that runs on the data
 * folder (DOCKET_DATA): whoever may read its key may sign for any role, so the token is one of an admin with the name of the user of
 * this machine. Such a token goes nowhere but to that docket. Throws Refusal.
 */
export async function addressOf(options: AddressOptions, environment = process.env): Promise<Address> {
  const dataFolder = options.data ?? (environment.DOCKET_DATA || '.docket');
  const running = findRunning(dataFolder);
  const url = options.url ?? (environment.DOCKET_URL || running?.url);
  if (url === undefined)
    throw new Refusal(
      `No docket runs on ${dataFolder}: start one (docket start), or say where one answers with --url or DOCKET_URL`,
      exitCodes.unavailable,
    );
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new Refusal(`"${url}" is no address: write it like http://127.0.0.1:3000`, exitCodes.usage);

  const token = options.token ?? (environment.DOCKET_TOKEN || undefined);
  if (token !== undefined) return { url, token };
  if (url !== running?.url)
    throw new Refusal(`Say who asks ${url} with --token or DOCKET_TOKEN; docket token prints one`, exitCodes.usage);
  const id = userInfo().username;
  const key = parseTokenKey(environment.DOCKET_TOKEN_KEY ?? '');
  const tokens = new Tokens(await tokenKey({ dataFolder, tokenKey: key }));
  return { url, token: await tokens.sign({ id, name: id, kind: 'user', roles: ['admin'] }, tokenSeconds) };
}
