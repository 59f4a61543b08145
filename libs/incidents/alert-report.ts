import type { AlertStatus, Judgement, Severity } from './vocabulary.js';

/** What a product found. */
type Detection = {
  readonly title: string;
  readonly severity: Severity;
  readonly category: string | null;
  readonly serviceSource: string | null;
  readonly detectionSource: string | null;
};

/** How an alert is being handled: what its report said, and from then on what Docket says. */
type Handling = Judgement & { readonly status: AlertStatus; readonly assignedTo: string | null };

/**
 * An alert as a product reported it: the properties of Graph's `alert` that Docket reads by name, and all others as they came.
 */
export type AlertReport = Detection &
  Handling & {
    readonly id: string;
    /** Graph's timestamps, kept as they came: some have seven digits of fraction. */
    readonly createdDateTime: string;
    readonly lastUpdateDateTime: string;
    readonly evidence: readonly Evidence[];
    /** Everything else that the report held, untouched. */
    readonly other: Readonly<Record<string, unknown>>;
  };

/** One entry of Graph's polymorphic `evidence`; kinds that nobody here knows are kept as they came. */
export type Evidence = { readonly '@odata.type'?: string; readonly [property: string]: unknown };

export const assetKinds = ['device', 'user', 'mailbox'] as const;
export type AssetKind = (typeof assetKinds)[number];

/** A device, user or mailbox that an alert is about. `key` is the first of its entity keys and identifies it. */
export type ImpactedAsset = { readonly kind: AssetKind; readonly key: string; readonly name: string };

/** What the incident must know of an alert to decide: travels with it from incident to incident. */
export type AlertSummary = Detection &
  Handling & {
    readonly alertId: string;
    /** Which of the product's reports this is: the revision in stream `alert-<id>`. */
    readonly reportRevision: number;
    /** When what was detected began and ended, in UTC with milliseconds. Not in events of an earlier Docket. */
    readonly firstActivityDateTime?: string;
    readonly lastActivityDateTime?: string;
    readonly assets: readonly ImpactedAsset[];
    /** `kind:identifier`, lower-cased: alerts that share one of these are about the same thing. */
    readonly entityKeys: readonly string[];
  };

const readers: Record<string, { kind: AssetKind; read: (evidence: Evidence) => { ids: unknown[]; name: unknown } }> = {
  deviceEvidence: {
    kind: 'device',
    read: (device) => ({
      ids: [device.mdeDeviceId, device.azureAdDeviceId, device.deviceDnsName],
      name: device.deviceDnsName ?? device.hostName,
    }),
  },
  userEvidence: { kind: 'user', read: (user) => readAccount(user.userAccount) },
  mailboxEvidence: {
    kind: 'mailbox',
    read: (mailbox) => ({ ids: [mailbox.primaryAddress], name: mailbox.primaryAddress ?? mailbox.displayName }),
  },
};

function readAccount(account: unknown): { ids: unknown[]; name: unknown } {
  const { azureAdUserId, userSid, userPrincipalName, domainName, accountName, displayName } = (account ?? {}) as Record<
    string,
    unknown
  >;
  const qualified = text(domainName) && text(accountName) ? `${text(domainName)}\\${text(accountName)}` : undefined;
  return {
    ids: [azureAdUserId, userSid, userPrincipalName, qualified],
    name: userPrincipalName ?? qualified ?? displayName ?? accountName,
  };
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** `#microsoft.graph.security.deviceEvidence` → `deviceEvidence` */
const kindOf = (evidence: Evidence): string => (text(evidence['@odata.type']) ?? '').split('.').at(-1) ?? '';

function readAsset(evidence: Evidence): { asset: ImpactedAsset; keys: string[] } | undefined {
  const kind = kindOf(evidence);
  const reader = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  if (!reader) return undefined;
  const { ids, name } = reader.read(evidence);
  const keys = ids.flatMap((id) => text(id) ?? []).map((id) => shortened(`${reader.kind}:${id.toLowerCase()}`));
  const [key] = keys;
  // An asset without any identifier cannot be told from another one: it stays mere evidence.
  if (key === undefined) return undefined;
  return { asset: { kind: reader.kind, key, name: shortened(text(name) ?? key.slice(key.indexOf(':') + 1)) }, keys };
}

/** What an alert may take of its incident's stream, however much its report says: about 40 KiB at most. */
const summaryLimits = { assets: 50, entityKeys: 100, text: 300 } as const;

const shortened = (value: string): string =>
  value.length <= summaryLimits.text ? value : [...value].slice(0, summaryLimits.text).join('');
const shortenedOrNull = (value: string | null): string | null => (value === null ? null : shortened(value));

/** What says nothing of its activity was active when the product made an alert of it. */
function activityOf({ createdDateTime, other }: AlertReport) {
  const from = instant(other.firstActivityDateTime) ?? instant(other.lastActivityDateTime) ?? instant(createdDateTime);
  const to = instant(other.lastActivityDateTime) ?? from;
  if (from === undefined || to === undefined) return {};
  return from <= to
    ? { firstActivityDateTime: from, lastActivityDateTime: to }
    : { firstActivityDateTime: to, lastActivityDateTime: from };
}

/** Undefined where it is no time, or one that does not sort as text: before year 1 or after 9999. */
function instant(value: unknown): string | undefined {
  const time = typeof value === 'string' ? new Date(value) : undefined;
  if (!time || Number.isNaN(time.getTime())) return undefined;
  const iso = time.toISOString();
  return iso.length === 24 ? iso : undefined;
}

/** The part of a report that goes into the incident's stream; evidence stays in the alert's own, whole. */
export function summarise(report: AlertReport, reportRevision: number): AlertSummary {
  const assets = new Map<string, ImpactedAsset>();
  const entityKeys = new Set<string>();
  for (const evidence of report.evidence) {
    const read = readAsset(evidence);
    if (!read) continue;
    if (!assets.has(read.asset.key)) assets.set(read.asset.key, read.asset);
    read.keys.forEach((key) => entityKeys.add(key));
  }
  return {
    alertId: report.id,
    reportRevision,
    title: shortened(report.title),
    severity: report.severity,
    status: report.status,
    category: shortenedOrNull(report.category),
    serviceSource: shortenedOrNull(report.serviceSource),
    detectionSource: shortenedOrNull(report.detectionSource),
    assignedTo: shortenedOrNull(report.assignedTo),
    classification: report.classification,
    determination: report.determination,
    ...activityOf(report),
    assets: [...assets.values()].slice(0, summaryLimits.assets),
    entityKeys: [...entityKeys].slice(0, summaryLimits.entityKeys),
  };
}
