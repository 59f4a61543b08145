import { Chalk } from 'chalk';

/** Colours say again what the words say. There are none where nobody sees them, nor with NO_COLOR, which chalk does not know. */
export const chalk = new Chalk(process.env.NO_COLOR ? { level: 0 } : {});

const colours: Readonly<Record<string, (text: string) => string>> = {
  high: chalk.red,
  medium: chalk.yellow,
  low: chalk.cyan,
  active: chalk.yellow,
  new: chalk.yellow,
  inProgress: chalk.blue,
  resolved: chalk.green,
};

export const coloured = (text: string): string => colours[text]?.(text) ?? text;
