import { chalk } from '../terminal/colours.js';
import { fields } from '../terminal/fields.js';
import { printable, second } from '../terminal/printable.js';
import { differenceTexts, labelOf } from './change-text.js';
import type { Difference } from './difference.js';

/** How an incident differs, field by field, and which alerts came and went. */
export function differencePage(difference: Difference, width: number | undefined): string {
  const { incidentId, from, to, entries, actors, changes, alerts } = difference;
  const end = ({ revision, at }: Difference['from']) => `#${revision} (${second(at)})`;
  const head = [
    chalk.bold(`Incident ${incidentId} from ${end(from)} to ${end(to)}`),
    entries === 0 ? 'Nothing lies between.' : `${entries} entries by ${actors.map(printable).join(', ')}`,
    '',
  ];
  const changed = changes.flatMap((change) =>
    differenceTexts(change).map((text) => [labelOf(change.property), text] as const),
  );
  const moved = [
    ...alerts.come.map((alert) => ({ label: '+ alert', ...alert, style: chalk.green })),
    ...alerts.gone.map((alert) => ({ label: '− alert', ...alert, style: chalk.red })),
  ];
  const body =
    width === undefined
      ? [
          ...fields(changed, width),
          ...moved.map(({ label, title, id }) => [label, title, id].map(printable).join('\t')),
        ]
      : fields([...changed, ...moved.map(({ label, title, style }) => [label, title, style] as const)], width);
  return [...(width === undefined ? [] : head), ...(body.length > 0 ? body : ['No difference.']), ''].join('\n');
}
