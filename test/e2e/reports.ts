import { randomUUID } from 'node:crypto';

const security = (kind: string) => `#microsoft.graph.security.${kind}`;

export const device = (name: string) => ({ '@odata.type': security('deviceEvidence'), deviceDnsName: name });
export const user = (name: string) => ({
  '@odata.type': security('userEvidence'),
  userAccount: { userPrincipalName: name },
});
export const mailbox = (address: string) => ({ '@odata.type': security('mailboxEvidence'), primaryAddress: address });

/** An alert as a product reports it, in Graph's words. Without evidence of its own it shares nothing with any other. */
export const alert = (but: Record<string, unknown> = {}) => ({
  id: `da${randomUUID()}`,
  title: 'Suspicious PowerShell command line',
  severity: 'medium',
  status: 'new',
  category: 'Execution',
  serviceSource: 'microsoftDefenderForEndpoint',
  detectionSource: 'microsoftDefenderForEndpoint',
  createdDateTime: '2026-01-22T12:09:23.1433333Z',
  lastUpdateDateTime: '2026-01-22T12:09:23.1433333Z',
  evidence: [] as unknown[],
  ...but,
});
