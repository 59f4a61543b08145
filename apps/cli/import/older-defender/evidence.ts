import type { Row } from '../reading/exported-file.js';
import { renamed } from './renamed.js';
import type { Names } from './renamed.js';

const every: Names = { evidenceCreationTime: 'createdDateTime' };

const device: Names = {
  ...every,
  deviceId: 'mdeDeviceId',
  mdatpDeviceId: 'mdeDeviceId',
  aadDeviceId: 'azureAdDeviceId',
  firstSeen: 'firstSeenDateTime',
};

const account: Names = {
  accountName: 'userAccount.accountName',
  domainName: 'userAccount.domainName',
  userSid: 'userAccount.userSid',
  aadUserId: 'userAccount.azureAdUserId',
  userPrincipalName: 'userAccount.userPrincipalName',
};

const file = (at: string): Names => ({
  fileName: `${at}.fileName`,
  filePath: `${at}.filePath`,
  sha1: `${at}.sha1`,
  sha256: `${at}.sha256`,
});

/** What Graph calls an entity of each type, and where it has the entity's fields. */
const entities: Readonly<Record<string, readonly [kind: string, names: Names]>> = {
  user: ['user', account],
  ip: ['ip', {}],
  url: ['url', {}],
  file: ['file', { ...file('fileDetails'), deviceId: 'mdeDeviceId' }],
  process: [
    'process',
    {
      ...account,
      ...file('imageFile'),
      deviceId: 'mdeDeviceId',
      processCreationTime: 'processCreationDateTime',
      parentProcessCreationTime: 'parentProcessCreationDateTime',
      parentProcessFileName: 'parentProcessImageFile.fileName',
      parentProcessFilePath: 'parentProcessImageFile.filePath',
    },
  ],
  mailbox: ['mailbox', { ...account, mailboxAddress: 'primaryAddress', mailboxDisplayName: 'displayName' }],
  mailmessage: [
    'analyzedMessage',
    { sender: 'p1Sender.emailAddress', recipient: 'recipientEmailAddress', receivedTime: 'receivedDateTime' },
  ],
  mailcluster: ['mailCluster', {}],
  securitygroup: ['securityGroup', { securityGroupName: 'displayName' }],
  registry: ['registryKey', { deviceId: 'mdeDeviceId' }],
};

export const deviceEvidence = (row: Row): Row => ({ ...typed('device'), ...renamed(row, device) });

/** An entity of a type that Graph has not stays as it came. */
export function entityEvidence(row: Row): Row {
  const type = typeof row.entityType === 'string' ? row.entityType.toLowerCase() : '';
  if (!Object.hasOwn(entities, type)) return row;
  const [kind, names] = entities[type]!;
  const isValue = kind === 'registryKey' && (row.registryValue ?? row.registryValueName ?? null) !== null;
  return { ...typed(isValue ? 'registryValue' : kind), ...renamed(row, { ...every, ...names }) };
}

const typed = (kind: string): Row => ({ '@odata.type': `#microsoft.graph.security.${kind}Evidence` });
