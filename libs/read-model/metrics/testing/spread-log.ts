import fc from 'fast-check';
import type { RecordedEvent } from '#event-store';
import type { AlertSummary } from '#incidents';
import { aLog } from '../../testing/arbitrary-log.js';

const categories = ['InitialAccess', 'Execution', 'Exfiltration', null];

/** What an alert is follows from its name and its report, so that it is the same wherever it goes. */
const varied = (alert: AlertSummary): AlertSummary => {
  const number = alert.alertId.charCodeAt(0) + alert.reportRevision;
  return {
    ...alert,
    category: categories[number % categories.length]!,
    detectionSource: number % 3 === 0 ? 'cloud detection' : 'antivirus',
  };
};

const alertsIn = (data: object): object =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      if (name === 'alerts') return [name, (value as AlertSummary[]).map(varied)];
      if (name === 'alert' || (name === 'previous' && isAlert(value))) return [name, varied(value as AlertSummary)];
      return [name, value as unknown];
    }),
  );

const isAlert = (value: unknown): boolean => typeof value === 'object' && value !== null && 'alertId' in value;

/** An arbitrary log that takes weeks, about alerts of several kinds; its seconds are as long as `secondsEach` says. */
export const aSpreadLog: fc.Arbitrary<readonly RecordedEvent[]> = fc
  .tuple(
    aLog.filter((log) => log.length > 0),
    fc.integer({ min: 1, max: 100_000 }),
  )
  .map(([log, secondsEach]) =>
    log.map((event) => ({
      ...event,
      data: alertsIn(event.data),
      metadata: { ...event.metadata, at: new Date(start + Number(event.position) * secondsEach * 1_000).toISOString() },
    })),
  );

const start = Date.UTC(2026, 0, 1);
