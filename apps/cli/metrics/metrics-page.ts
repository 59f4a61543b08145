import type { MetricsSummary } from '#read-model';
import { chalk, coloured } from '../terminal/colours.js';
import type { Field } from '../terminal/fields.js';
import { fields } from '../terminal/fields.js';
import type { Column } from '../terminal/table.js';
import { table } from '../terminal/table.js';
import { duration } from './duration.js';
import { sparkline } from './sparkline.js';

/** As GET /v1/metrics/summary answers it. */
export type Summary = Omit<MetricsSummary, 'position'> & { readonly position: string };
type Judged = Summary['categories']['value'][number];

const indent = '  ';
const labelled = 20;
const ownersShown = 10;
const namesShown = 10;

/** The figures as a page: what is open now, then what became of incidents in the days that were asked for. */
export function metricsPage(summary: Summary, width: number | undefined): string {
  const titled = (title: string, lines: readonly string[]) =>
    width === undefined ? lines : ['', chalk.bold(title), ...lines];
  const { open, from, to } = summary;
  return [
    ...titled(`Open now: ${open.total}`, fields(openNow(summary, width), width, indent)),
    ...titled(`From ${from} to ${to}`, fields(inRange(summary, width), width, indent)),
    ...judgedBy('detection source', summary.detectionSources, width),
    ...judgedBy('service source', summary.serviceSources, width),
    ...judgedBy('category', summary.categories, width),
    ...(summary.parked && width !== undefined
      ? ['', `Counted as before: ${summary.parked.join(', ')}, see docket unpark`]
      : []),
    '',
  ]
    .join('\n')
    .replace(/^\n/, '');
}

function openNow({ open }: Summary, width: number | undefined): Field[] {
  const { value, more } = open.byOwner;
  const shown = width === undefined ? value : value.slice(0, 1 + ownersShown);
  const others = more + value.length - shown.length;
  const owners = shown.map(
    ({ assignedTo, count }) => `${assignedTo ?? (width === undefined ? '-' : 'nobody')} ${count}`,
  );
  return [
    ['severity', counted(open.bySeverity, width), (text) => text.replace(/\w+/g, coloured)],
    ['status', counted(open.byStatus, width)],
    ['owner', [...owners, ...(others > 0 ? [`and ${others} more`] : [])].join(', ')],
  ];
}

/** On a page what there is none of says nothing. */
const counted = (counts: Readonly<Record<string, number>>, width: number | undefined): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0 || width === undefined)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || '-';

function inRange(summary: Summary, width: number | undefined): Field[] {
  const { days, timeToAssign, timeToResolve, classifications } = summary;
  const line = (name: 'opened' | 'resolved' | 'merged') => {
    const drawn =
      width === undefined
        ? ''
        : sparkline(
            days.map((day) => day[name]),
            width - indent.length - labelled - 8,
          );
    return `${String(summary[name]).padEnd(6)}  ${drawn}`.trimEnd();
  };
  const times = ({ count, median, p90 }: Summary['timeToAssign']) =>
    width === undefined
      ? `${count} ${median ?? '-'} ${p90 ?? '-'}`
      : count === 0
        ? '-'
        : `median ${duration(median!)}, nine of ten within ${duration(p90!)} (${count} incidents)`;
  return [
    ['opened', line('opened')],
    ['resolved', line('resolved')],
    ['merged', line('merged')],
    ['time to assign', times(timeToAssign)],
    ['time to resolve', times(timeToResolve)],
    ['judged', counted(classifications, width)],
  ];
}

function judgedBy(what: string, { value, more }: Summary['categories'], width: number | undefined): string[] {
  if (value.length === 0) return [];
  const columns: Column<Judged>[] = [
    ...(width === undefined ? [{ title: 'of', value: () => what }] : []),
    { title: `resolved, by ${what}`, value: ({ name }) => name, least: 16 },
    { title: 'true', value: ({ truePositive }) => truePositive, align: 'right' },
    { title: 'informational', value: ({ informationalExpectedActivity: count }) => count, align: 'right' },
    { title: 'false', value: ({ falsePositive }) => falsePositive, align: 'right' },
    { title: 'unclassified', value: ({ unclassified }) => unclassified, align: 'right' },
  ];
  const shown = width === undefined ? value : value.slice(0, namesShown);
  const others = more + value.length - shown.length;
  const lines = table(shown, columns, width).trimEnd().split('\n');
  if (width === undefined) return lines;
  return ['', ...lines, ...(others > 0 ? [chalk.dim(`and ${others} more; --json lists up to 100`)] : [])];
}
