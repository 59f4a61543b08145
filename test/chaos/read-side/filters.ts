import type { PresentedIncident } from '#read-model';

/** Filters of the queue as they are asked for, and what they mean. */
export const filters = {
  '': ({ status }) => status !== 'redirected',
  'status=active': ({ status }) => status === 'active',
  'status=resolved': ({ status }) => status === 'resolved',
  'assignedTo=kim': (row) => row.status !== 'redirected' && row.assignedTo === 'kim',
  'tag=vip': (row) =>
    row.status !== 'redirected' && [...row.customTags, ...row.systemTags].some((tag) => tag.toLowerCase() === 'vip'),
} as const satisfies Record<string, (row: PresentedIncident) => boolean>;

export type FilterName = keyof typeof filters;
