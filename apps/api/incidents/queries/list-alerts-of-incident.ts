import { Inject } from '@nestjs/common';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { EventLog } from '#event-store';
import { Problem } from '#platform';
import { ReadModel, incidentAt, presentAlert } from '#read-model';
import { EVENT_LOG } from '../../event-log.js';
import { positionText } from '../../http/answer.js';
import { ReadYourWrites } from '../../http/read-your-writes.js';
import type { AlertPage } from '../../openapi/models.js';
import { isIncidentId } from '../incident-desk.js';
import type { PageParameters } from './list-incidents.js';

/** The alerts of one incident, in the order in which they were reported. `after`: not older than this position. */
export class ListAlertsOfIncident {
  constructor(
    readonly incidentId: string,
    readonly page: PageParameters,
    readonly after: bigint | undefined,
  ) {}
}

@QueryHandler(ListAlertsOfIncident)
export class ListAlertsOfIncidentHandler implements IQueryHandler<ListAlertsOfIncident> {
  constructor(
    private readonly readModel: ReadModel,
    private readonly seen: ReadYourWrites,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute({ incidentId, page, after }: ListAlertsOfIncident): Promise<AlertPage> {
    if (!isIncidentId(incidentId)) throw new Problem('unknown-incident');
    await this.seen.shown('alerts', after);
    const { value, parked, nextCursor, total, position } = await this.readModel.alertsOf(incidentId, page);
    if (total === 0 && !(await incidentAt(this.log, incidentId, { revision: 0 })))
      throw new Problem('unknown-incident');
    return {
      value: value.map(presentAlert),
      ...(parked && { parked }),
      nextCursor,
      total,
      position: positionText(position),
    };
  }
}
