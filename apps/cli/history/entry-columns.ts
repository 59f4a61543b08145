import type { Column } from '../terminal/table.js';
import { changeText, labelOf } from './change-text.js';
import type { Entry } from './entry.js';

/** An entry on a line of its own, for whoever searches the output of a pipe. */
export const entryColumns: readonly Column<Entry>[] = [
  { title: 'revision', value: ({ revision }) => revision },
  { title: 'at', value: ({ at }) => at },
  { title: 'actor', value: ({ actor }) => actor.id },
  { title: 'type', value: ({ type }) => type },
  { title: 'alert', value: ({ alertId, alertIds = [] }) => alertId ?? alertIds.join(' ') },
  {
    title: 'changes',
    value: ({ changes }) => changes.map((change) => `${labelOf(change.property)}: ${changeText(change)}`).join('; '),
  },
  { title: 'comment', value: ({ comment }) => comment ?? '' },
];
