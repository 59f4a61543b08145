import { fields } from '../terminal/fields.js';
import type { Field } from '../terminal/fields.js';
import { shortened } from './adaptations.js';
import type { Adaptation, AlertResult, Difference } from './destination.js';
import type { Skipped } from './incident-index.js';
import type { IncidentResult, Imported } from './import-incidents.js';
import { problemIn } from '../connection/problem-words.js';
import type { Place } from './reading/row-scanner.js';

/** Something that a person should look at, and the row that it is about. */
export interface Finding {
  readonly place: Pick<Place, 'line' | 'nth'> & { readonly lastLine?: number };
  readonly words: string;
}

/** Everything that is not simply done. */
export const findingsOf = ({
  skipped,
  goesOn,
  incidents,
}: Pick<Imported, 'skipped' | 'goesOn' | 'incidents'>): Finding[] => [
  ...skipped.map(skippedRow),
  ...furtherPages(goesOn),
  ...incidents.flatMap(ofIncident),
];

export const skippedRow = (row: Skipped): Finding => ({ place: { nth: 1, ...row }, words: `skipped: ${row.because}` });

/** `line`: of a last page that is not the last of the export. */
export const furtherPages = (line: number | undefined): Finding[] => {
  const words = 'the export goes on after this page: follow its @odata.nextLink, and bring what comes along too';
  return line === undefined ? [] : [{ place: { line, nth: 1 }, words }];
};

/** In the order of the file. */
export const findingLines = (findings: readonly Finding[], width: number | undefined): string[] =>
  fields(
    [...findings]
      .sort(({ place: one }, { place: other }) => one.line - other.line || one.nth - other.nth)
      .map(({ place, words }): Field => [placeOf(place), words]),
    width,
  );

/** `line 4`, `line 4, row 2`, `lines 4 to 9`. */
export function placeOf({ line, nth, lastLine = line }: Finding['place']): string {
  if (lastLine > line) return `lines ${line} to ${lastLine}`;
  return nth > 1 ? `line ${line}, row ${nth}` : `line ${line}`;
}

function ofIncident(result: IncidentResult): Finding[] {
  const { place, older, externalId, incidentId, because } = result;
  const who = incidentId === null ? externalId : `${externalId} (here ${incidentId})`;
  const words = [
    ...(because === undefined ? [] : [`skipped: ${because}`]),
    ...(result.moreAlerts
      ? ['has more alerts than came along: follow its alerts@odata.nextLink, and import it again']
      : []),
    ...result.differences.map(differenceIn),
    ...result.alertsApart.map(alertIn),
    ...result.adapted.map(adaptationIn),
  ];
  return [
    ...words.map((said) => ({ place, words: `${who}: ${said}` })),
    ...older.map((version) => ({ place: version, words: `${externalId}: an older version of ${placeOf(place)}` })),
  ];
}

const differenceIn = ({ property, alertId, here, there }: Difference): string =>
  `${of(alertId)}${property} stays ${told(here)}; the file has ${told(there)}`;

export const adaptationIn = ({ property, alertId, from, to, because }: Adaptation): string =>
  to === null && property === 'comments'
    ? `${of(alertId)}a comment is left out (${because}): ${told(from)}`
    : `${of(alertId)}${property} ${told(from)} became ${told(to)}: ${because}`;

function alertIn({ id, outcome, incidentId, problem }: AlertResult): string {
  if (outcome === 'elsewhere') return `alert ${id} was here before and stays in incident ${incidentId}`;
  if (outcome === 'waiting') return `alert ${id} is safe, and will be in the incident in a moment`;
  return `alert ${id ?? 'without an id'} is refused: ${problemIn(problem)}`;
}

const of = (alertId: string | undefined): string => (alertId === undefined ? '' : `alert ${alertId}: `);

function told(value: unknown): string {
  if (value === null || value === undefined) return 'unset';
  const shown = shortened(value);
  return typeof shown === 'string' ? shown : JSON.stringify(shown);
}
