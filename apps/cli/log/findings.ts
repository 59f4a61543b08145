import { chalk } from '../terminal/colours.js';
import type { Fault, Faults, ReadModelComparison, Verification } from '#audit';
import { printable } from '../terminal/printable.js';

/** What was looked at, and what was found. */
export interface Findings {
  readonly of: string;
  readonly log: Verification;
  /** Undefined where no read model could be reached. */
  readonly readModel?: ReadModelComparison | undefined;
}

/** For people. */
export function findings({ of, log, readModel }: Findings): string {
  const { events, streams, incidents, alertCount, position, fingerprint, unknown, underWay, faults } = log;
  const lines = [
    `Checked ${printable(of)}`,
    `  ${counted(events, 'event')} in ${counted(streams, 'stream')}, up to position ${position ?? 'none'}`,
    `  ${counted(incidents.size, 'incident')} folded, ${counted(alertCount, 'alert')} followed`,
    `  ${fingerprint}`,
    ...[...unknown].map(
      ([type, count]) => `  ${counted(count, 'event')} of ${printable(type)}, which this Docket does not know`,
    ),
    ...(underWay.reports > 0 ? [`  ${counted(underWay.reports, 'alert')} on the way to an incident`] : []),
    ...(underWay.transfers > 0
      ? [`  ${counted(underWay.transfers, 'move or merge', 'moves and merges')} on the way`]
      : []),
    ...(underWay.plans > 0 ? [`  ${counted(underWay.plans, 'plan')} still to be carried out`] : []),
    ...verdict(faults, 'the log is as it should be'),
    ...(readModel ? ofReadModel(readModel) : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** For programs. */
export function summaryOfFindings({ of, log, readModel }: Findings): object {
  const { events, streams, incidents, alertCount, position, fingerprint, unknown, underWay, faults } = log;
  return {
    of,
    events,
    streams,
    incidents: incidents.size,
    alerts: alertCount,
    position: position?.toString() ?? null,
    fingerprint,
    unknown: Object.fromEntries(unknown),
    underWay,
    faults: { count: faults.count, first: faults.first },
    readModel: readModel
      ? { documents: readModel.documents, faults: { count: readModel.faults.count, first: readModel.faults.first } }
      : null,
  };
}

const ofReadModel = ({ documents, faults }: ReadModelComparison): string[] => [
  `Compared ${counted(documents, 'document')} of the read model`,
  ...verdict(faults, 'each is what the log tells'),
];

function verdict({ count, first }: Faults, well: string): string[] {
  if (count === 0) return [`${chalk.green('✓')} ${well}`];
  const more = count > first.length ? [`  … and ${count - first.length} more`] : [];
  return [`${chalk.red('✗')} ${counted(count, 'fault')}`, ...first.map((fault) => `  ${told(fault)}`), ...more];
}

const told = ({ stream, revision, fault }: Fault): string => printable(`${stream} ${revision}: ${fault}`);

const counted = (count: number, one: string, several = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
