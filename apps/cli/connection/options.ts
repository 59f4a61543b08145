import { Command } from 'commander';
import { DocketClient } from './docket-client.js';
import { addressOf } from './address.js';
import type { AddressOptions } from './address.js';

/** A command that speaks to a docket: it can be told which, and who asks. */
export const clientCommand = (name: string): Command =>
  new Command(name)
    .option('--url <address>', 'where the docket answers (DOCKET_URL; else the one that runs on the data folder)')
    .option('--token <token>', 'who asks (DOCKET_TOKEN; else you, by the key in the data folder)')
    .option('--data <folder>', 'data folder of a docket on this machine (DOCKET_DATA, else .docket)');

/** To a command that lists: `--json` and `--ndjson`. */
export const withFormats = (command: Command): Command =>
  command.option('--json', 'one JSON document, as the API answers it').option('--ndjson', 'one JSON document a line');

/** Throws Refusal where no docket is known, or nobody is named who asks. */
export const connect = async (options: AddressOptions): Promise<DocketClient> =>
  new DocketClient(await addressOf(options));
