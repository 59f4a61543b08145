import type { OpenAPIObject } from '@nestjs/swagger';
import type { Command } from 'commander';
import { metricNames, metricsCatalogue, problemCodes, problems, settingNames, settingsCatalogue } from '#platform';

/** A table of Markdown, as prettier sets it. */
function tableOf(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [titles, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = titles.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [head, ...body] = cells.map(line);
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}

export const problemTable = (): string =>
  tableOf(
    ['code', 'status', 'title', 'what to do'],
    problemCodes.map((code) => {
      const { status, title, advice } = problems[code];
      return [`\`${code}\``, String(status), title, advice];
    }),
  );

export const settingsTable = (): string =>
  tableOf(
    ['name', 'default', 'what it is'],
    settingNames.map((name) => {
      const setting = settingsCatalogue[name];
      return [`\`${name}\``, 'default' in setting ? `\`${setting.default}\`` : 'unset', setting.about];
    }),
  );

export const metricsTable = (): string =>
  tableOf(
    ['name', 'type', 'labels', 'what it is'],
    metricNames.map((name) => {
      const { type, labels, about } = metricsCatalogue[name];
      return [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(' '), about];
    }),
  );

/** Every route, what it is for and the scope that it needs. */
export const routeTable = ({ paths }: OpenAPIObject): string =>
  tableOf(
    ['route', 'what it does', 'scope'],
    Object.entries(paths).flatMap(([path, methods]) =>
      (['get', 'post', 'put', 'delete'] as const).flatMap((method) => {
        const operation = methods[method];
        if (!operation) return [];
        const [scope] = operation.security?.[0]?.bearer ?? [];
        return [[`\`${method.toUpperCase()} ${path}\``, operation.summary ?? '', scope ?? 'none']];
      }),
    ),
  );

/** What `docket <command> --help` prints, of every command. */
export const commandHelp = (program: Command): string =>
  program.commands
    .filter((command) => !['help', 'complete'].includes(command.name()))
    .map((command) => `### docket ${command.name()}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``)
    .join('\n\n');

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 100 });
  command.outputHelp();
  return help.trim();
}
