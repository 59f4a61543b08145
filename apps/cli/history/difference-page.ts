import chalk from 'chalk';
import type { Field } from '../terminal/fields.js';
import { fields } from '../terminal/fields.js';
import { printable, second } from '../terminal/printable.js';
import { differenceTexts, labelOf } from './change-text.js';
import type { Difference, NamedAlert } from './difference.js';

/** How an incident differs, field by field, and which alerts came and went. */
export function differencePage(difference: Difference, width: number | undefined): string {
  const { incidentId, from, to, entries, actors, changes, alerts } = difference;
  const end = ({ revision, at }: Difference['from']) => `#${revision} (${second(at)})`;
  const head = [
    chalk.bold(`Incident ${incidentId} from ${end(from)} to ${end(to)}`),
    entries === 0 ? 'Nothing lies between.' : `${entries} entries by ${actors.map(printable).join(', ')}`,
    '',
  ];
  const named = (label: string, list: readonly NamedAlert[], style: (text: string) => string): Field[] =>
    list.map(({ title, id }) => [label, width === undefined ? `${title}\t${id}` : title, style] as const);
  const body = fields(
    [
      ...changes.flatMap((change) => differenceTexts(change).map((text) => [labelOf(change.property), text] as const)),
      ...named('+ alert', alerts.come, chalk.green),
      ...named('− alert', alerts.gone, chalk.red),
    ],
    width,
  );
  return [...(width === undefined ? [] : head), ...(body.length > 0 ? body : ['No difference.']), ''].join('\n');
}
