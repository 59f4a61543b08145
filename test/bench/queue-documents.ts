import { documentOf, withSearchFields } from '#read-model';
import type { EntityDocument, IncidentDocument } from '#read-model';

/** A docket of `size` incidents as analysts leave it: one in twenty is open, half of the active ones are nobody's. */
export interface MadeUp {
  readonly incident: ReturnType<typeof withSearchFields>;
  readonly entities: readonly EntityDocument[];
}

const severities = ['informational', 'low', 'low', 'low', 'low', 'medium', 'medium', 'medium', 'high', 'high'] as const;
const titles = [
  'Multi-stage incident involving Initial access & Exfiltration',
  'Suspicious PowerShell command line',
  'Unusual consent to an app with access to mail',
  'Email reported by user as malware or phish',
  'Impossible travel activity',
  'Malware was detected in a file that nobody opened',
  'Password spray against accounts of a department',
  'Anonymous address reached an internal service',
];
const categories = ['InitialAccess', 'Execution', 'Persistence', 'CredentialAccess', 'Discovery', 'Exfiltration'];
const products = ['microsoftDefenderForEndpoint', 'microsoftDefenderForIdentity', 'microsoftDefenderForOffice365'];
const analysts = 50;
/** Distinct tags, some much more frequent than others. */
const tags = 10_000;
/** In one of so many incidents. */
const oftenMentioned = 10;

const time = (seconds: number) => new Date(Date.UTC(2025, 0, 1) + seconds * 1_000).toISOString();
/** A number from 0 to 1 that depends on two. */
const chance = (number: number, what: number): number => {
  const mixed = Math.imul(number ^ Math.imul(what, 0x9e3779b1), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
};
const oneOf = <T>(values: readonly T[], share: number): T => values[Math.floor(share * values.length)]!;

/** `number`: from 1 to `size`, which is not a multiple of 7,919. Every incident has changed once since it was opened, in another order. */
export function madeUp(number: number, size: number): MadeUp {
  const isOpen = number % 20 === 0;
  const isActive = isOpen && chance(number, 1) < 0.6;
  const owner = isActive && chance(number, 2) < 0.5 ? null : `analyst${Math.floor(chance(number, 3) * analysts)}`;
  const category = oneOf(categories, chance(number, 4));
  const product = oneOf(products, chance(number, 5));
  const changedAs = ((number * 7_919) % size) + 1;
  const position = BigInt(size + changedAs);
  const severity = oneOf(severities, chance(number, 6));
  const seen = { firstSeenDateTime: time(number), lastSeenDateTime: time(number) };
  const about = (key: string, name: string) =>
    documentOf(String(number), { key, name, mentionCount: 1, alertCount: 1, ...seen, position });
  const host = `pc-${Math.floor(chance(number, 7) * Math.max(1, size / 30))}.northwind.example`;
  const user = `user${Math.floor(chance(number, 8) * Math.max(1, size / 20))}@northwind.example`;
  const entities = [
    about(`device:${host}`, host),
    about(`user:${user}`, user),
    ...(number % oftenMentioned === 0 ? [about('user:service@northwind.example', 'service@northwind.example')] : []),
  ];
  const document: IncidentDocument = {
    _id: String(number),
    number,
    externalId: null,
    externalSource: null,
    externalUrl: null,
    redirectIncidentId: null,
    displayName: `${oneOf(titles, chance(number, 9))} on one endpoint`,
    nameIsAutomatic: true,
    status: isActive ? 'active' : isOpen ? 'inProgress' : 'resolved',
    severity,
    severityIsAutomatic: true,
    classification: isOpen ? null : chance(number, 10) < 0.2 ? 'truePositive' : 'falsePositive',
    determination: isOpen ? null : 'notMalicious',
    assignedTo: owner,
    description: null,
    resolvingComment: isOpen ? null : 'Looked at, and found to be what the administrators do every month.',
    customTags: [`team-${Math.floor(chance(number, 11) ** 4 * tags)}`, ...(number % 97 === 0 ? ['VIP'] : [])],
    systemTags: [],
    createdDateTime: time(number),
    lastUpdateDateTime: time(size + changedAs),
    resolvedDateTime: isOpen ? null : time(size + changedAs),
    lastModifiedBy: owner ?? 'Automatic correlation',
    alertCount: 3,
    activeAlertCount: isOpen ? 3 : 0,
    commentCount: 2,
    categories: [category],
    serviceSources: [product],
    detectionSources: ['antivirus'],
    impactedAssets: entities.map(({ key, name }) => ({
      kind: key.startsWith('user') ? ('user' as const) : ('device' as const),
      key,
      name: name!,
    })),
    impactedAssetCount: entities.length,
    counts: { categories: [3], serviceSources: [3], detectionSources: [3] },
    revision: 7,
    position,
  };
  return { incident: withSearchFields(document), entities };
}
