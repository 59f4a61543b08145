export { BadEventLine, readEventLine, writeEventLine } from './event-line.js';
export { auditEvents } from './audit-query.js';
export type { AuditQuery, AuditedEvents } from './audit-query.js';
