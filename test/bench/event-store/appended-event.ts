import { randomUUID } from 'node:crypto';

/** As large as the event that a comment becomes. */
export const type = 'IncidentCommented';
export const data = { comment: 'The user says that she did not start this program herself.' };
export const metadata = {
  $correlationId: randomUUID(),
  $causationId: randomUUID(),
  actor: { id: 'kim', name: 'kim', kind: 'user' },
  at: new Date().toISOString(),
  schema: 1,
};
