import { chalk } from '../terminal/colours.js';
import { coloured } from '../terminal/colours.js';
import type { Field } from '../terminal/fields.js';
import { fields } from '../terminal/fields.js';
import { printable, second } from '../terminal/printable.js';
import type { Column } from '../terminal/table.js';
import { table } from '../terminal/table.js';
import { wrap } from '../terminal/wrap.js';
import type { Alert, Incident } from './entry.js';

/** An alert as it is, or, of an incident as it was, what is still known of it: what was detected. */
export type AlertRow = Pick<Alert, 'id' | 'title' | 'severity'> & Partial<Pick<Alert, 'status' | 'assignedTo'>>;

export interface IncidentPage {
  readonly incident: Incident;
  /** The first of them, in the order in which they were reported. */
  readonly alerts: readonly AlertRow[];
  /** The last entries of the history as lines, the oldest first. */
  readonly history: readonly string[];
}

const assetsShown = 8;
/** Columns from which on ids, of which a part is of no use, leave room for what was detected. */
const wideEnough = 120;
const indent = '  ';

/** One incident as a page: head, alerts, impacted assets, and what happened last. */
export function incidentPage({ incident, alerts, history }: IncidentPage, width: number | undefined): string {
  const isPage = width !== undefined;
  const titled = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : isPage ? ['', chalk.bold(title), ...lines] : lines;
  const head = `#${incident.id}  ${printable(incident.displayName)}`;
  const { alertCount, activeAlertCount } = incident;
  const shown = alerts.length < alertCount ? `, the first ${alerts.length} of them here` : '';
  return [
    ...(isPage ? [...wrap(head, width).map((line) => chalk.bold(line)), ''] : []),
    ...fields(headOf(incident, isPage), width, indent),
    ...titled(`Alerts (${activeAlertCount} open of ${alertCount}${shown})`, tableOf(alerts, width)),
    ...titled('Impacted assets', fields(assetsOf(incident, isPage), width, indent)),
    ...titled('What happened last', history),
    '',
  ].join('\n');
}

function headOf(incident: Incident, isPage: boolean): Field[] {
  const time = (at: string | null) => (at === null ? null : isPage ? `${second(at)} UTC` : at);
  const { classification, determination, externalId, severity, severityIsAutomatic } = incident;
  const judged = [classification, determination].filter((word) => word !== null).join(', ');
  return [
    ...(isPage ? [] : [['id', incident.id] as const, ['name', incident.displayName] as const]),
    ['status', incident.status, coloured],
    ['merged into', incident.redirectIncidentId && (isPage ? '#' : '') + incident.redirectIncidentId],
    [
      'severity',
      severity + (isPage && !severityIsAutomatic ? ' (set by hand)' : ''),
      (text) => text.replace(severity, coloured),
    ],
    ['owner', incident.assignedTo ?? '-'],
    ['classification', judged || '-'],
    ['tags', [...incident.customTags, ...incident.systemTags].join(', ') || null],
    ['description', incident.description || null],
    ['opened', time(incident.createdDateTime)],
    ['changed', `${time(incident.lastUpdateDateTime)} by ${incident.lastModifiedBy ?? '-'}`],
    ['resolved', time(incident.resolvedDateTime)],
    ['resolution', incident.resolvingComment || null],
    ['came from', !externalId ? null : `${incident.externalSource ?? ''} ${externalId}`.trim()],
    ['external page', incident.externalUrl],
    ['revision', String(incident.revision)],
  ];
}

function tableOf(alerts: readonly AlertRow[], width: number | undefined): string[] {
  if (alerts.length === 0) return [];
  const isPast = alerts.every(({ status }) => status === undefined);
  const columns: Column<AlertRow>[] = [
    { title: 'severity', value: ({ severity }) => severity, style: coloured },
    ...(isPast
      ? []
      : [
          { title: 'status', value: ({ status }: AlertRow) => status ?? '', style: coloured },
          { title: 'owner', value: ({ assignedTo }: AlertRow) => assignedTo ?? '-', least: 6 },
        ]),
    { title: 'alert', value: ({ title }) => title, least: 20 },
    ...(width === undefined || width >= wideEnough ? [{ title: 'id', value: ({ id }: AlertRow) => id }] : []),
  ];
  const room = width === undefined ? undefined : width - indent.length;
  const lines = table(alerts, columns, room).trimEnd().split('\n');
  return room === undefined ? lines : lines.map((line) => indent + line);
}

const kinds = { device: 'devices', user: 'users', mailbox: 'mailboxes' } as const;

/** An incident holds the first of its assets only, whatever their kinds. */
function assetsOf({ id, impactedAssets, impactedAssetCount }: Incident, isPage: boolean): Field[] {
  const elsewhere = impactedAssetCount - impactedAssets.length;
  const ofKinds = Object.entries(kinds).map(([kind, label]) => {
    const names = impactedAssets.filter((asset) => asset.kind === kind).map(({ name }) => name);
    const more = isPage ? names.length - assetsShown : 0;
    const shown = more > 0 ? [...names.slice(0, assetsShown), `and ${more} more`] : names;
    return [label, shown.join(isPage ? '\n' : ', ') || null] as const;
  });
  return [...ofKinds, ['others', elsewhere > 0 ? `${elsewhere}, listed by GET /v1/incidents/${id}/assets` : null]];
}
