import type { RecordedEvent } from '#event-store';
import { severities } from '#incidents';
import type { IncidentEvent } from '#incidents';
import { incidentIdOf, isIncidentEvent } from '../../events-of.js';
import type { IncidentDocument } from '../../incidents/incident-document.js';
import { projectIncident } from '../../incidents/project-incident.js';
import type { Durations } from '../durations.js';
import type { MetricsQuery, MetricsSummary } from '../summary.js';

/** All that is to be known of an incident: its row at the end, and its history. */
interface Whole {
  readonly row: IncidentDocument;
  readonly history: readonly RecordedEvent<IncidentEvent>[];
}

/** The rules of docs/reference/http-api.md, carried out over whole histories, without anything that is kept. Durations are exact. */
export function naiveMetrics(
  log: readonly RecordedEvent[],
  { from, to }: MetricsQuery,
): Omit<MetricsSummary, 'position' | 'days'> {
  const all = wholes(log);
  const inRange = (time: string | null | undefined): time is string =>
    typeof time === 'string' && time.slice(0, 10) >= from && time.slice(0, 10) <= to;
  const merges = all.flatMap(({ history }) => history.filter(({ type }) => type === 'IncidentMerged'));
  const counted = all.filter(({ row }) => row.status !== 'redirected');
  const open = counted.map(({ row }) => row).filter(({ status }) => status !== 'resolved');
  const resolved = counted
    .map(({ row }) => row)
    .filter((row) => row.status === 'resolved' && inRange(row.resolvedDateTime));
  const assigned = counted.flatMap(({ row, history }) => {
    const at = firstAssignment(history);
    return inRange(at) ? [seconds(row.createdDateTime, at)] : [];
  });
  const owners = new Set(open.map(({ assignedTo }) => assignedTo));
  const ofOwner = (owner: string | null) => open.filter(({ assignedTo }) => assignedTo === owner).length;
  return {
    from,
    to,
    open: {
      total: open.length,
      byStatus: {
        active: open.filter(({ status }) => status === 'active').length,
        inProgress: open.filter(({ status }) => status === 'inProgress').length,
      },
      bySeverity: Object.fromEntries(
        severities.map((severity) => [severity, open.filter((row) => row.severity === severity).length]),
      ) as MetricsSummary['open']['bySeverity'],
      byOwner: {
        value: [
          { assignedTo: null, count: ofOwner(null) },
          ...[...owners]
            .filter((owner) => owner !== null)
            .map((assignedTo) => ({ assignedTo, count: ofOwner(assignedTo) }))
            .sort((one, other) => other.count - one.count || (one.assignedTo < other.assignedTo ? -1 : 1)),
        ],
        more: 0,
      },
    },
    opened: counted.filter(({ row }) => inRange(row.createdDateTime)).length,
    resolved: resolved.length,
    merged: merges.filter(({ metadata }) => inRange(metadata.at)).length,
    timeToAssign: exactly(assigned),
    timeToResolve: exactly(resolved.map((row) => seconds(row.createdDateTime, row.resolvedDateTime!))),
    classifications: judged(resolved),
    categories: judgedBy(resolved, 'categories'),
    serviceSources: judgedBy(resolved, 'serviceSources'),
    detectionSources: judgedBy(resolved, 'detectionSources'),
  };
}

function wholes(log: readonly RecordedEvent[]): Whole[] {
  const histories = new Map<string, RecordedEvent<IncidentEvent>[]>();
  for (const event of structuredClone(log).filter(isIncidentEvent)) {
    const incidentId = incidentIdOf(event);
    histories.set(incidentId, [...(histories.get(incidentId) ?? []), event]);
  }
  return [...histories.values()].map((history) => ({
    history,
    row: history.reduce<IncidentDocument | undefined>(projectIncident, undefined)!,
  }));
}

/** Undefined where nobody had it, and where it came along with an owner. */
function firstAssignment(history: readonly RecordedEvent<IncidentEvent>[]): string | undefined {
  const [first] = history;
  if (first?.type === 'IncidentImported' && first.data.assignedTo !== null) return undefined;
  return history.find(({ type }) => type === 'IncidentAssigned')?.metadata.at;
}

const seconds = (from: string, to: string): number => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000);

/** By nearest rank. */
function exactly(durations: readonly number[]): Durations {
  const order = durations.toSorted((one, other) => one - other);
  const rank = (share: number) => order[Math.ceil(order.length * share) - 1] ?? null;
  return { count: order.length, median: rank(0.5), p90: rank(0.9) };
}

const judged = (rows: readonly IncidentDocument[]): MetricsSummary['classifications'] => ({
  truePositive: rows.filter(({ classification }) => classification === 'truePositive').length,
  informationalExpectedActivity: rows.filter(({ classification }) => classification === 'informationalExpectedActivity')
    .length,
  falsePositive: rows.filter(({ classification }) => classification === 'falsePositive').length,
  unclassified: rows.filter(({ classification }) => classification === null).length,
});

function judgedBy(rows: readonly IncidentDocument[], property: 'categories' | 'serviceSources' | 'detectionSources') {
  const names = [...new Set(rows.flatMap((row) => row[property]))];
  const having = (name: string) => rows.filter((row) => row[property].includes(name));
  return {
    value: names
      .sort((one, other) => having(other).length - having(one).length || (one < other ? -1 : 1))
      .map((name) => ({ name, ...judged(having(name)) })),
    more: 0,
  };
}
