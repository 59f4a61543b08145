import type { AlertReport } from './alert-report.js';
import type { AlertEvent } from './events.js';

/** What a product has said of an alert so far: the fold of stream `alert-<id>`. */
export interface ReportedAlert {
  readonly report: AlertReport;
  readonly contentHash: string;
}

export const reportedAlertDecider = {
  initial: (): ReportedAlert | undefined => undefined,
  evolve: (_: ReportedAlert | undefined, { data: { report, contentHash } }: AlertEvent): ReportedAlert => ({
    report,
    contentHash,
  }),
};

/**
 * The same content again changes nothing, and neither does content that is older than what is known; of what comes along from elsewhere,
 * where the same alert may stand in several versions, only what is newer counts.
 * `incidentId`: the incident that the report names, if it names one; it counts the first time only. `imported`: the alert came along
 * with it from elsewhere.
 */
export const reportAlert =
  (report: AlertReport, contentHash: string, incidentId: string | null, { imported = false } = {}) =>
  (known: ReportedAlert | undefined): readonly AlertEvent[] => {
    const first = { report, incidentId, contentHash };
    if (!known) return [{ type: 'AlertReported', data: imported ? { ...first, imported } : first }];
    const [before, now] = [nanosecondsOf(known.report), nanosecondsOf(report)];
    if (contentHash === known.contentHash || now < before || (imported && now === before)) return [];
    return [{ type: 'AlertReportUpdated', data: { report, contentHash } }];
  };

/** Since 1970. Products give up to nine digits of fraction, of which a Date keeps three. */
function nanosecondsOf({ lastUpdateDateTime }: AlertReport): bigint {
  const fraction = /\.(\d+)/.exec(lastUpdateDateTime)?.[1] ?? '';
  const milliseconds = Date.parse(lastUpdateDateTime.replace(/\.\d+/, ''));
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
