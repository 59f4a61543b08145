import type { Entry } from '../entry.js';

/** An entry of a history: a comment of Kim's, but for what is said otherwise. */
export const anEntry = (but: Partial<Entry>): Entry => ({
  revision: 7,
  position: '12',
  at: '2026-11-23T12:00:00.000Z',
  actor: { id: 'kim', name: 'Kim', kind: 'user' },
  commandId: 'command',
  type: 'IncidentCommented',
  kind: 'comment',
  changes: [],
  ...but,
});
