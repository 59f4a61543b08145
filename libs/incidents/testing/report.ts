import type { AlertReport, Evidence } from '../alert-report.js';

/** A device as a report speaks of it. */
export const deviceEvidence = (mdeDeviceId: string, but: object = {}): Evidence => ({
  '@odata.type': '#microsoft.graph.security.deviceEvidence',
  mdeDeviceId,
  ...but,
});

/** A report about nothing in particular. */
export const aReport = (id: string, but: Partial<AlertReport> = {}): AlertReport => ({
  id,
  title: `Title of ${id}`,
  severity: 'medium',
  status: 'new',
  category: 'Execution',
  serviceSource: 'microsoftDefenderForEndpoint',
  detectionSource: 'antivirus',
  assignedTo: null,
  classification: null,
  determination: null,
  createdDateTime: '2026-01-01T00:00:00Z',
  lastUpdateDateTime: '2026-01-01T00:00:00Z',
  evidence: [],
  other: {},
  ...but,
});
