import { applyDecorators } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { limits } from '#incidents';
import type { CorrelationReason } from '#incidents';
import { Problem } from '#platform';
import { MoveAlerts as Moves } from '#process-managers';
import { Answer, positionText } from '../../http/answer.js';
import { Nullable, Optional, Text, Texts } from '../../http/fields.js';
import type { Sent } from '../../http/envelope.js';
import { refused } from '../../http/problem-of.js';
import { headersOf, isIncidentId } from '../../incidents/incident-desk.js';
import type { MoveAnswer } from '../../openapi/models.js';
import { Comment, Reasons } from '../../vocabulary.js';
import { isAlertId } from '../graph-alert.js';

const Target = () =>
  applyDecorators(
    Nullable(),
    Text({ max: 15, description: 'The incident that takes the alerts; null opens a new one for them.', example: '7' }),
  );

export class MoveBody {
  @Texts({
    max: limits.alertId,
    atLeast: 1,
    atMost: limits.alertsInOneMove,
    description: 'The alerts to move; an unknown one refuses them all.',
    example: ['da1'],
  })
  alertIds: string[];
  @Target() incidentId: string | null;
  @Optional() @Nullable() @Comment() comment?: string | null;
  @Optional() @Reasons() reasons?: CorrelationReason[];
}

export class MoveAlerts {
  constructor(
    readonly body: MoveBody,
    readonly sent: Sent,
  ) {}
}

@CommandHandler(MoveAlerts)
export class MoveAlertsHandler implements ICommandHandler<MoveAlerts> {
  constructor(private readonly moves: Moves) {}

  async execute({ body, sent }: MoveAlerts): Promise<Answer<MoveAnswer>> {
    const { alertIds, incidentId: toIncidentId, comment = null, reasons = [] } = body;
    if (toIncidentId !== null && !isIncidentId(toIncidentId)) throw new Problem('unknown-incident');
    const strangers = alertIds.filter((alertId) => !isAlertId(alertId));
    if (strangers.length > 0) throw new Problem('unknown-alert', { extras: { alertIds: strangers } });

    const moved = await this.moves.move(sent.command, { alertIds, toIncidentId, comment, reasons });
    if ('refused' in moved) throw refused(moved);
    const { outcome, incidentId, revision, position, value } = moved;
    return new Answer(
      { incidentId, revision, position: positionText(position), value },
      headersOf(outcome, revision),
      toIncidentId === null ? 201 : 200,
    );
  }
}
