import { Command } from 'commander';
import { readSettings } from '#platform';
import type { Settings } from '#platform';

export interface LogOptions {
  readonly data?: string;
}

/** A command that reads the log itself, without the API. */
export const logCommand = (name: string): Command =>
  new Command(name).option('--data <folder>', 'data folder of the docket (DOCKET_DATA, else .docket)');

/** Throws BadSettings. */
export function settingsOf({ data }: LogOptions): Settings {
  const settings = readSettings(process.env);
  return data === undefined ? settings : { ...settings, dataFolder: data };
}
