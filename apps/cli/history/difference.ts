import type { Change } from '#read-model';
import { InvalidArgumentError } from 'commander';
import type { DocketClient } from '../connection/docket-client.js';
import { pagesOf } from '../connection/pages.js';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import type { AlertTitles } from './alert-titles.js';
import { AlertsIn } from './alerts-in.js';
import { historyPathOf, pathOf } from './entry.js';
import type { Entry, Incident } from './entry.js';

/** Two revisions of an incident; without an end, up to now. */
export interface Span {
  readonly from: number;
  readonly to: number | undefined;
}

export interface NamedAlert {
  readonly id: string;
  readonly title: string;
}

/** How an incident differs between two revisions. */
export interface Difference {
  readonly incidentId: string;
  readonly from: { readonly revision: number; readonly at: string };
  readonly to: { readonly revision: number; readonly at: string };
  /** How many entries lie between, and whose they are. */
  readonly entries: number;
  readonly actors: readonly string[];
  readonly changes: readonly Change[];
  readonly alerts: { readonly come: readonly NamedAlert[]; readonly gone: readonly NamedAlert[] };
}

/** Said by the two ends of the span already. */
const ofTheMoment = new Set(['revision', 'position', 'lastUpdateDateTime', 'lastModifiedBy']);

export function parseSpan(text: string): Span {
  const [, from, to] = /^(\d+)\.\.(\d*)$/.exec(text) ?? [];
  if (from === undefined) throw new InvalidArgumentError('Write two revisions, like 3..9; 3.. means up to now.');
  const span = { from: Number(from), to: to ? Number(to) : undefined };
  if (span.to !== undefined && span.to < span.from) throw new InvalidArgumentError('The second is the later one.');
  return span;
}

/** Throws ProblemAnswer where the incident is unknown or has not come that far. */
export async function differenceOf(
  client: DocketClient,
  incidentId: string,
  span: Span,
  titles: AlertTitles,
): Promise<Difference> {
  const at = (revision: number) => client.get<Incident>(pathOf(incidentId), { revision });
  const before = await at(span.from);
  const between = await walked(client, incidentId, span, titles);
  const after = await at(span.to ?? between.last.revision);

  const named = async (alertIds: Iterable<string>): Promise<NamedAlert[]> => {
    const alerts: NamedAlert[] = [];
    for (const id of alertIds) alerts.push({ id, title: await titles.of(id) });
    return alerts;
  };
  return {
    incidentId,
    from: { revision: span.from, at: between.first.at },
    to: { revision: between.last.revision, at: between.last.at },
    entries: between.entries,
    actors: [...between.actors],
    changes: changesBetween(before, after),
    alerts: { come: await named(between.alerts.come), gone: await named(between.alerts.gone) },
  };
}

/** The entries behind the first revision of the span, up to its last. */
async function walked(client: DocketClient, incidentId: string, { from, to = Infinity }: Span, titles: AlertTitles) {
  const alerts = new AlertsIn();
  const actors = new Set<string>();
  let entries = 0;
  let first: Entry | undefined;
  let last: Entry | undefined;
  reading: for await (const page of pagesOf<Entry>(client, historyPathOf(incidentId)))
    for (const entry of page) {
      if (entry.revision > to) break reading;
      titles.note(entry);
      last = entry;
      if (entry.revision === from) first = entry;
      if (entry.revision <= from) continue;
      alerts.note(entry);
      actors.add(entry.actor.name);
      entries += 1;
    }
  if (!first || !last) throw new Refusal(`The history of ${incidentId} has no revision ${from}`, exitCodes.failed);
  return { first, last, alerts, actors, entries };
}

export function changesBetween(before: Incident, after: Incident): Change[] {
  const [from, to] = [before, after] as unknown as readonly Readonly<Record<string, unknown>>[];
  return Object.keys({ ...from, ...to })
    .filter((property) => !ofTheMoment.has(property))
    .filter((property) => JSON.stringify(from![property]) !== JSON.stringify(to![property]))
    .map((property) => ({ property, from: from![property], to: to![property] }));
}
