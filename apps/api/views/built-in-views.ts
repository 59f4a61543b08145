import type { ViewQuery } from '#incidents';

const open = ['active', 'inProgress'];

/** What Microsoft Defender shows and suggests, until somebody saves another view under the name. */
export const builtInViews: Readonly<Record<string, ViewQuery>> = {
  default: { status: open, severity: ['high', 'medium', 'low', 'unknown'] },
  unassigned: { status: open, assignedTo: ['none'] },
  mine: { status: open, assignedTo: ['me'] },
  'high-severity': { status: open, severity: ['high'] },
  'high-unassigned': { status: open, severity: ['high'], assignedTo: ['none'] },
};
