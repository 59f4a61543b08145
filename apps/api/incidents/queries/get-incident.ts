import { Inject } from '@nestjs/common';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { EventLog } from '#event-store';
import { Problem } from '#platform';
import { ReadModel, incidentAt, presentIncident } from '#read-model';
import type { IncidentDocument, PresentedIncident } from '#read-model';
import { EVENT_LOG } from '../../event-log.js';
import { Answer } from '../../http/answer.js';
import { Fits, Moment, Optional, WholeNumber } from '../../http/fields.js';
import { ReadYourWrites } from '../../http/read-your-writes.js';
import { etag, isIncidentId } from '../incident-desk.js';

export class IncidentParameters {
  @Optional()
  @WholeNumber({ min: 0, max: 1e15, description: 'As it was right after the event of this number.', example: 3 })
  revision?: number;

  @Optional()
  @Moment({ description: 'As it was at this time.' })
  @Fits(
    'oneMoment',
    ({ revision, asOf }: IncidentParameters) => revision === undefined || asOf === undefined,
    'cannot be combined with revision: ask for one of the two',
  )
  asOf?: string;
}

/** One incident: as it is, or as it was. `after`: not older than this position. */
export class GetIncident {
  constructor(
    readonly incidentId: string,
    readonly moment: IncidentParameters,
    readonly after: bigint | undefined,
  ) {}
}

@QueryHandler(GetIncident)
export class GetIncidentHandler implements IQueryHandler<GetIncident> {
  constructor(
    private readonly readModel: ReadModel,
    private readonly seen: ReadYourWrites,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute({ incidentId, moment, after }: GetIncident): Promise<Answer<PresentedIncident>> {
    if (!isIncidentId(incidentId)) throw new Problem('unknown-incident');
    const isPast = moment.revision !== undefined || moment.asOf !== undefined;
    const document = isPast ? await this.asItWas(incidentId, moment) : await this.asItIs(incidentId, after);
    return new Answer(presentIncident(document), { etag: etag(document.revision) });
  }

  /** An incident that was opened a moment ago may not be in the read model yet: then its stream tells. */
  private async asItIs(incidentId: string, after: bigint | undefined): Promise<IncidentDocument> {
    await this.seen.shown('incidents', after);
    const document = (await this.readModel.incident(incidentId)) ?? (await incidentAt(this.log, incidentId, 'now'));
    if (!document) throw new Problem('unknown-incident');
    return document;
  }

  private async asItWas(incidentId: string, { revision, asOf }: IncidentParameters): Promise<IncidentDocument> {
    const moment = revision !== undefined ? { revision } : { asOf: new Date(asOf!) };
    const document = await incidentAt(this.log, incidentId, moment);
    if (document) return document;
    const ever = await incidentAt(this.log, incidentId, { revision: 0 });
    throw new Problem(ever ? 'unknown-revision' : 'unknown-incident');
  }
}
