import type { StoredIncident } from '../../libs/read-model/queue/incident-search.js';
import { withSearchFields } from '../../libs/read-model/queue/incident-search.js';

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!;
const time = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

/** The `n`th incident of a docket as it is after so many changes: one in ten is open, and a change moves status, owner and time. */
export function storedIncident(n: number, changes: number): StoredIncident {
  const number = n + 1;
  const moved = n * 7_919 + changes;
  const isOpen = moved % 10 === 0;
  const category = pick(['InitialAccess', 'Execution', 'Persistence', 'Exfiltration', 'Ransomware'], n);
  const source = pick(['microsoftDefenderForEndpoint', 'microsoftDefenderForOffice365', 'microsoftSentinel'], n);
  return withSearchFields({
    _id: String(number),
    number,
    externalId: null,
    externalSource: null,
    externalUrl: null,
    redirectIncidentId: null,
    displayName: `${category} incident on one endpoint involving host${n % 5_000}`,
    nameIsAutomatic: true,
    status: isOpen ? pick(['active', 'inProgress'], moved / 10) : 'resolved',
    severity: pick(['low', 'medium', 'high', 'medium', 'informational'], Math.floor(n / 10)),
    severityIsAutomatic: true,
    classification: isOpen ? null : pick(['truePositive', 'falsePositive'], n),
    determination: isOpen ? null : pick(['malware', 'notMalicious'], n),
    assignedTo: moved % 3 === 0 ? null : `analyst${moved % 40}`,
    description: 'An account signed in from a country in which nobody of this name was seen before. '.repeat(3),
    resolvingComment: null,
    customTags: n % 4 === 0 ? ['VIP', `site-${n % 20}`] : [],
    systemTags: [],
    createdDateTime: time(n),
    lastUpdateDateTime: time(n + 10_000_000 * changes),
    resolvedDateTime: isOpen ? null : time(n + 60),
    lastModifiedBy: 'correlation',
    alertCount: 3,
    activeAlertCount: isOpen ? 2 : 0,
    commentCount: changes,
    categories: [category, 'Discovery'],
    serviceSources: [source],
    detectionSources: ['antivirus', 'customTi'],
    impactedAssets: [0, 1, 2].map((i) => ({
      kind: 'device',
      key: `device:host${n + i}`,
      name: `host${n + i}.contoso.com`,
    })),
    impactedAssetCount: 3,
    counts: { categories: [2, 1], serviceSources: [3], detectionSources: [2, 1] },
    revision: 5 + changes,
    position: BigInt(1_000 * n + changes),
  });
}
