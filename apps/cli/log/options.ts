import { Command } from 'commander';
import { readSettings } from '#platform';
import type { Settings } from '#platform';

export interface LogOptions {
  readonly data?: string;
}

/** A command that reads the log itself, without the API. */
export const logCommand = (name: string): Command =>
  new Command(name).option('--data <folder>', 'data folder of the docket (else what the environment says)');

/** A folder that is named by a flag is meant, with its own stores, whatever the environment says. Throws BadSettings. */
export function settingsOf({ data }: LogOptions, environment = process.env): Settings {
  return readSettings(data === undefined ? environment : { ...environment, ...ofFolder, DOCKET_DATA: data });
}

const ofFolder = { EVENTSTORE_URL: undefined, MONGODB_URL: undefined };
