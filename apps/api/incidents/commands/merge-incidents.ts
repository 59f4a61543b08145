import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { limits } from '#incidents';
import type { CorrelationReason } from '#incidents';
import { Problem } from '#platform';
import { MergeIncidents as Merges } from '#process-managers';
import { Answer, positionText } from '../../http/answer.js';
import type { Sent } from '../../http/envelope.js';
import { Nullable, Optional, Texts } from '../../http/fields.js';
import { invalid } from '../../http/invalid.js';
import { refused } from '../../http/problem-of.js';
import type { MergeAnswer } from '../../openapi/models.js';
import { Comment, Reasons } from '../../vocabulary.js';
import { headersOf, isIncidentId } from '../incident-desk.js';

export class MergeBody {
  @Texts({
    max: 15,
    atLeast: 2,
    atMost: limits.incidentsInOneMerge,
    description: 'The incidents that become one: the one with the lowest number.',
    example: ['7', '9'],
  })
  incidentIds: string[];
  @Optional() @Nullable() @Comment() comment?: string | null;
  @Optional() @Reasons() reasons?: CorrelationReason[];
}

export class MergeIncidents {
  constructor(
    readonly body: MergeBody,
    readonly sent: Sent,
  ) {}
}

@CommandHandler(MergeIncidents)
export class MergeIncidentsHandler implements ICommandHandler<MergeIncidents> {
  constructor(private readonly merges: Merges) {}

  async execute({ body, sent }: MergeIncidents): Promise<Answer<MergeAnswer>> {
    const { comment = null, reasons = [] } = body;
    const incidentIds = [...new Set(body.incidentIds)];
    if (incidentIds.length < 2) throw invalid('body', 'incidentIds', 'must name two different incidents at least');
    const stranger = incidentIds.find((incidentId) => !isIncidentId(incidentId));
    if (stranger !== undefined) throw new Problem('unknown-incident', { extras: { incidentId: stranger } });

    const merged = await this.merges.merge(sent.command, { incidentIds, comment, reasons });
    if ('refused' in merged) throw refused(merged);
    const { outcome, incidentId, revision, position, value } = merged;
    return new Answer({ incidentId, revision, position: positionText(position), value }, headersOf(outcome, revision));
  }
}
