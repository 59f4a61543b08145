import type { ApiBodyOptions } from '@nestjs/swagger';
import { limits, severities } from '#incidents';

const alert = {
  type: 'object' as const,
  required: ['id', 'title'],
  additionalProperties: true,
  description: 'Graph’s `alert`. What is not named here is kept as it came.',
  properties: {
    id: { type: 'string' as const, maxLength: limits.alertId, pattern: '^[A-Za-z0-9][A-Za-z0-9._~:@=+-]*$' },
    title: { type: 'string' as const },
    severity: { type: 'string' as const, enum: [...severities] },
    status: { type: 'string' as const },
    category: { type: 'string' as const },
    serviceSource: { type: 'string' as const },
    detectionSource: { type: 'string' as const },
    incidentId: {
      type: 'string' as const,
      description: 'An incident of this docket that it belongs to; else it is correlated.',
    },
    createdDateTime: { type: 'string' as const, format: 'date-time' },
    lastUpdateDateTime: { type: 'string' as const, format: 'date-time' },
    evidence: { type: 'array' as const, items: { type: 'object' as const, additionalProperties: true } },
  },
};

export const reportBody: ApiBodyOptions = {
  schema: { oneOf: [alert, { type: 'array', items: alert, minItems: 1, maxItems: 1_000 }] },
  examples: {
    one: {
      summary: 'An alert',
      value: {
        id: 'da1',
        title: 'Suspicious execution of a hidden file',
        severity: 'high',
        category: 'DefenseEvasion',
        serviceSource: 'microsoftDefenderForEndpoint',
        createdDateTime: '2026-01-22T12:09:23.1433333Z',
        evidence: [{ '@odata.type': '#microsoft.graph.security.deviceEvidence', deviceDnsName: 'pc-17.contoso.com' }],
      },
    },
  },
};
