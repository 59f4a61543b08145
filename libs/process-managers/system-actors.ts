import type { Actor } from '#event-store';

/** Who stands in the history where nobody asked for it. */
export const correlation: Actor = { id: 'system:correlation', name: 'Automatic correlation', kind: 'system' };
export const reportUpdates: Actor = { id: 'system:report-updates', name: 'Updated report', kind: 'system' };
