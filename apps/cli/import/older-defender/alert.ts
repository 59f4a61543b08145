import type { Row } from '../reading/exported-file.js';
import { deviceEvidence, entityEvidence } from './evidence.js';
import { isObject, renamed, text } from './renamed.js';
import type { Names } from './renamed.js';

/** Words that Graph does not have; all others are the same but for their capitals, and are read in any. */
const statuses: Readonly<Record<string, string>> = { active: 'inProgress' };
const serviceSources: Readonly<Record<string, string>> = {
  azureatp: 'microsoftDefenderForIdentity',
  microsoftcloudappsecurity: 'microsoftDefenderForCloudApps',
  microsoftdefenderatp: 'microsoftDefenderForEndpoint',
  officeatp: 'microsoftDefenderForOffice365',
};

const word = (words: Readonly<Record<string, string>>) => (value: unknown) =>
  typeof value === 'string' && Object.hasOwn(words, value.toLowerCase()) ? words[value.toLowerCase()] : value;

const alert: Names = {
  alertId: 'id',
  incidentId: ['incidentId', text],
  status: ['status', word(statuses)],
  serviceSource: ['serviceSource', word(serviceSources)],
  creationTime: 'createdDateTime',
  lastUpdatedTime: 'lastUpdateDateTime',
  resolvedTime: 'resolvedDateTime',
  firstActivity: 'firstActivityDateTime',
  lastActivity: 'lastActivityDateTime',
  actorName: 'actorDisplayName',
};

/** An alert of the Microsoft 365 Defender API as Graph would have it: its devices and entities are evidence there. */
export function graphAlert(row: Row): Row {
  const { devices, entities, evidence, ...said } = row;
  const found = [
    ...objects(evidence),
    ...objects(devices).map(deviceEvidence),
    ...objects(entities).map(entityEvidence),
  ];
  const strange = Object.entries({ devices, entities, evidence }).filter(([, value]) => isStrange(value));
  return { ...renamed(said, alert), evidence: found, ...Object.fromEntries(strange) };
}

const objects = (value: unknown): Row[] => [value].flat().filter(isObject);

/** Neither objects nor nothing: it is not understood, and stays. */
const isStrange = (value: unknown): boolean => ![value ?? []].flat().every(isObject);
