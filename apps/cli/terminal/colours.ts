import chalk from 'chalk';

/** Colours say again what the words say; chalk leaves them out where nobody sees them, and with NO_COLOR. */
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
