import { Command } from 'commander';
import { readSettings, settingNames, settingsHelp } from '#platform';

const ofOthers: readonly string[] = ['DOCKET_PROJECTOR_PORT', 'DOCKET_URL', 'DOCKET_TOKEN'];
const settings = settingNames.filter((name) => !ofOthers.includes(name));

export const startCommand = (): Command =>
  new Command('start')
    .description('Start the API and the projections, on embedded stores in the data folder where no others are set.')
    .addHelpText('after', `\nSettings are read from the environment:\n${settingsHelp(settings)}`)
    .action(async () => {
      const { start } = await import('../start/start.js');
      await start(readSettings(process.env));
    });
