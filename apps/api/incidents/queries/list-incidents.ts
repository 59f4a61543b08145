import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { classifications, determinations, incidentStatuses, limits, severities } from '#incidents';
import type { Classification, Determination, IncidentStatus, Severity, ViewQuery } from '#incidents';
import { Problem } from '#platform';
import { ReadModel, facetProperties, mostCursor, presentIncident, queueSorts } from '#read-model';
import type { FacetProperty, QueueFilter, QueueSort } from '#read-model';
import { determinationAliases } from '../../alerts/graph-vocabulary.js';
import { positionText } from '../../http/answer.js';
import { readDto } from '../../http/dto-pipe.js';
import { Fits, Moment, OneOf, Optional, SomeOf, Text, Texts, WholeNumber } from '../../http/fields.js';
import { invalid } from '../../http/invalid.js';
import { Position } from '../../http/position.js';
import { ReadYourWrites } from '../../http/read-your-writes.js';
import type { IncidentPage } from '../../openapi/models.js';
import { ViewDesk } from '../../views/view-desk.js';

const atMost = 50;
const none = 'none';
/** In a filter `unknown` asks for what is not set. */
const notSet = { unknown: none } as const;

const Any = (description: string, max: number = limits.displayName) =>
  Texts({ max, atMost, repeatable: true, description: `${description}; repeated: any of them.` });

const Page = { cursor: { max: mostCursor, description: '`nextCursor` of the page before.' } };

export class PageParameters {
  @Optional() @WholeNumber({ min: 1, max: 200, default: 50, description: 'Entries on the page.' }) limit?: number;
  @Optional() @Text(Page.cursor) cursor?: string;
}

export class QueueParameters extends PageParameters {
  @Optional() @SomeOf(incidentStatuses, { atMost, description: 'Status.' }) status?: IncidentStatus[];
  @Optional() @SomeOf(severities, { atMost, description: 'Severity.' }) severity?: Severity[];
  @Optional() @Any('Owner; `me` for yourself, `none` for nobody', limits.assignedTo) assignedTo?: string[];
  @Optional() @Any('Custom or system tag, in any case', limits.tag) tag?: string[];
  @Optional()
  @SomeOf([...classifications, none], {
    atMost,
    aliases: notSet,
    description: 'Classification; `none`: nobody has said.',
  })
  classification?: (Classification | typeof none)[];
  @Optional()
  @SomeOf([...determinations, none], {
    atMost,
    aliases: { ...determinationAliases, ...notSet },
    description: 'Determination; `none`: nobody has said.',
  })
  determination?: (Determination | typeof none)[];
  @Optional() @Any('Category of an alert in it') category?: string[];
  @Optional() @Any('Product that reported an alert in it') serviceSource?: string[];
  @Optional() @Any('Technology that detected an alert in it') detectionSource?: string[];
  @Optional() @Any('Identifier of a device, user or mailbox it is about', 1_000) entity?: string[];
  @Optional() @Any('Id where it was imported from', limits.alertId) externalId?: string[];
  @Optional() @Any('Where it was imported from') externalSource?: string[];
  @Optional()
  @Text({
    max: 300,
    description: 'Beginnings of words of its name or its assets’ names, or its id.',
    example: 'invoice phish',
  })
  q?: string;
  @Optional() @Moment({ description: 'Last changed then or later.' }) updatedFrom?: string;
  @Optional() @Moment({ description: 'Last changed before.' }) updatedTo?: string;
  @Optional() @Moment({ description: 'Opened then or later.' }) createdFrom?: string;
  @Optional() @Moment({ description: 'Opened before.' }) createdTo?: string;
  @Optional()
  @OneOf(queueSorts, {
    description: 'Order; `-`: the highest or latest first. The default is `-lastUpdateDateTime`.',
    example: '-severity',
  })
  sort?: QueueSort;
  @Optional()
  @Text({
    max: limits.viewName,
    description: 'A saved view; whatever else is asked for goes before what it asks for.',
    example: 'default',
  })
  view?: string;
  @Optional()
  @Position('changedSince', 'Only what changed after this `position` of an earlier answer, in the order of its change.')
  @Fits(
    'changesHaveTheirOrder',
    ({ sort, changedSince }: QueueParameters) => sort === undefined || changedSince === undefined,
    'cannot be combined with sort: changes come in the order in which they were made',
  )
  changedSince?: string;
  @Optional()
  @SomeOf(facetProperties, {
    atMost,
    separated: true,
    description: 'Say on page one how often each value of these occurs, with commas between them.',
    example: ['status', 'severity'],
  })
  facets?: FacetProperty[];
}

/** The queue. `caller`: who `me` is. `after`: not older than this position. */
export class ListIncidents {
  constructor(
    readonly parameters: QueueParameters,
    readonly caller: string,
    readonly after: bigint | undefined,
  ) {}
}

@QueryHandler(ListIncidents)
export class ListIncidentsHandler implements IQueryHandler<ListIncidents> {
  constructor(
    private readonly readModel: ReadModel,
    private readonly seen: ReadYourWrites,
    private readonly views: ViewDesk,
  ) {}

  async execute({ parameters, caller, after }: ListIncidents): Promise<IncidentPage> {
    const { changedSince, facets, sort, limit, cursor, ...filters } = await this.withView(parameters, caller);
    const since = changedSince === undefined ? undefined : BigInt(changedSince);
    await this.seen.shown('incidents', after);
    await this.seen.shown('incidents', since, 'changedSince');

    const filter = filterOf(filters, caller);
    const { value, position, ...page } =
      since === undefined
        ? await this.readModel.queue({ ...filter, sort, limit, cursor })
        : await this.readModel.queueChanges({ ...filter, limit, cursor, changedSince: since });
    const counted =
      facets?.length && cursor === undefined ? { facets: await this.readModel.facets(filter, facets) } : {};
    return { value: value.map(presentIncident), ...page, ...counted, position: positionText(position) };
  }

  /** A view is read from the log: whoever has saved it can use it. */
  private async withView({ view, ...given }: QueueParameters, caller: string): Promise<QueueParameters> {
    if (view === undefined) return given;
    const asked = Object.entries(given).filter(([, value]) => value !== undefined);
    return { ...readView(await this.views.queryOf(caller, view)), ...Object.fromEntries(asked) };
  }
}

/** Checked anew: of what another version of Docket took, this one would ignore a part, and answer more than the view asks for. */
function readView(query: ViewQuery): QueueParameters {
  try {
    return readDto(QueueParameters, query, 'query');
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const why = error.message.replace(/\.$/, '');
    throw invalid('query', 'view', `was saved with what this version does not take (${why}): save it anew`);
  }
}

type Filters = Omit<QueueParameters, 'changedSince' | 'facets' | 'sort' | keyof PageParameters>;

export function filterOf(filters: Filters, caller: string): QueueFilter {
  const { assignedTo, classification, determination, updatedFrom, updatedTo, createdFrom, createdTo, ...same } =
    filters;
  const owners = assignedTo?.map((owner) => (owner === 'me' ? caller : owner));
  return {
    ...same,
    assignedTo: owners?.map(nullForNone),
    classification: classification?.map(nullForNone),
    determination: determination?.map(nullForNone),
    updatedFrom: dateOf(updatedFrom),
    updatedTo: dateOf(updatedTo),
    createdFrom: dateOf(createdFrom),
    createdTo: dateOf(createdTo),
  };
}

const nullForNone = <T extends string>(value: T): Exclude<T, typeof none> | null =>
  value === none ? null : (value as Exclude<T, typeof none>);

const dateOf = (time: string | undefined): Date | undefined => (time === undefined ? undefined : new Date(time));
