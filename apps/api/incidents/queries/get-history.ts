import { Inject } from '@nestjs/common';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { EventLog } from '#event-store';
import { limits } from '#incidents';
import { Problem } from '#platform';
import { historyPage } from '#read-model';
import type { HistoryPage } from '#read-model';
import { EVENT_LOG } from '../../event-log.js';
import { Moment, OneOf, Optional, Text } from '../../http/fields.js';
import { isIncidentId } from '../incident-desk.js';
import { PageParameters } from './list-incidents.js';

export class HistoryParameters extends PageParameters {
  @Optional() @OneOf(['asc', 'desc'], { description: 'The default is `asc`: the oldest first.' }) order?:
    'asc' | 'desc';
  @Optional() @OneOf(['audit', 'comment'], { description: 'Only these.' }) kind?: 'audit' | 'comment';
  @Optional() @Text({ max: 256, description: 'Id or name of whoever did it.' }) actor?: string;
  @Optional() @Text({ max: limits.alertId, description: 'Only what is about this alert.' }) alertId?: string;
  @Optional() @Moment({ description: 'Then or later.' }) from?: string;
  @Optional() @Moment({ description: 'Before.' }) to?: string;
}

/** Comments and history of one incident, from its stream: what was acknowledged is there, always. */
export class GetHistory {
  constructor(
    readonly incidentId: string,
    readonly parameters: HistoryParameters,
  ) {}
}

@QueryHandler(GetHistory)
export class GetHistoryHandler implements IQueryHandler<GetHistory> {
  constructor(@Inject(EVENT_LOG) private readonly log: EventLog) {}

  async execute({ incidentId, parameters: { from, to, ...same } }: GetHistory): Promise<HistoryPage> {
    const query = { ...same, ...(from && { from: new Date(from) }), ...(to && { to: new Date(to) }) };
    const page = isIncidentId(incidentId) ? await historyPage(this.log, incidentId, query) : undefined;
    if (!page) throw new Problem('unknown-incident');
    return page;
  }
}
