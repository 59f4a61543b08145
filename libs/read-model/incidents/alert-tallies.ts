import type { AlertSummary } from '#incidents';
import type { IncidentDocument, TalliedProperty } from './incident-document.js';
import type { enter } from './sorted-tally.js';

/** What the alerts of an incident are, and how many are so. */
export type AlertTallies = Pick<IncidentDocument, TalliedProperty | 'counts'>;

export const withoutTallies = (): AlertTallies => ({
  categories: [],
  serviceSources: [],
  detectionSources: [],
  counts: { categories: [], serviceSources: [], detectionSources: [] },
});

/** An alert comes or goes; what it does not say is not counted. */
export function tally(tallies: AlertTallies, alert: AlertSummary, step: typeof enter): void {
  const count = (property: TalliedProperty, value: string | null) => {
    if (value !== null) step({ values: tallies[property], counts: tallies.counts[property] }, value);
  };
  count('categories', alert.category);
  count('serviceSources', alert.serviceSource);
  count('detectionSources', alert.detectionSource);
}
