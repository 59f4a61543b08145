import { Command } from 'commander';
import { readSettings } from '#platform';
import { start } from '../start/start.js';

export const startCommand = (): Command =>
  new Command('start')
    .description('Start the API and the projections, on embedded stores in the data folder where no others are set.')
    .addHelpText(
      'after',
      `
Settings are read from the environment:
  DOCKET_PORT      port of the API (3000)
  DOCKET_HOST      address to listen on (127.0.0.1)
  DOCKET_DATA      folder of the embedded stores and of the key that signs tokens (.docket)
  DOCKET_EXAMPLES  on or off: fill an empty data folder with examples (on)
  EVENTSTORE_URL   an EventStoreDB, e.g. esdb://127.0.0.1:2113?tls=false (unset: embedded)
  MONGODB_URL      a MongoDB replica set, e.g. mongodb://127.0.0.1:27017/docket (unset: embedded)
  DOCKET_TOKEN_KEY     32 bytes in base64url that sign tokens (unset: a file in the data folder)
  DOCKET_BEHIND_PROXY  on: something before Docket ends TLS, so that it may listen beyond this machine (off)`,
    )
    .action(() => start(readSettings(process.env)));
