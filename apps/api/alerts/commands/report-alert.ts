import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { contentOf } from '#incidents';
import { Problem } from '#platform';
import { AlertIntake, PlanLog } from '#process-managers';
import { Answer, positionText } from '../../http/answer.js';
import { hashOf } from '../../http/envelope.js';
import type { Sent } from '../../http/envelope.js';
import { refused } from '../../http/problem-of.js';
import { isIncidentId } from '../../incidents/incident-desk.js';
import type { ReportAnswer } from '../../openapi/models.js';
import { readGraphAlert } from '../graph-alert.js';
import type { Raw } from '../graph-fields.js';
import { answeredAtOnce } from '../prefer.js';

/** What a product says of one alert, as it came. */
export class ReportAlert {
  constructor(
    readonly alert: unknown,
    readonly sent: Sent,
    /** Whether the answer may leave out the alert's incident. */
    readonly atOnce = false,
  ) {}
}

@CommandHandler(ReportAlert)
export class ReportAlertHandler implements ICommandHandler<ReportAlert> {
  constructor(
    private readonly intake: AlertIntake,
    private readonly plans: PlanLog,
  ) {}

  async execute({ alert, sent, atOnce }: ReportAlert): Promise<Answer<ReportAnswer>> {
    await this.plans.reserve(sent.command);
    return this.takeIn(alert, sent, atOnce);
  }

  async takeIn(alert: unknown, sent: Sent, atOnce: boolean): Promise<Answer<ReportAnswer>> {
    if (alert instanceof Problem) throw alert; // a line that is not JSON
    const { report, incidentId } = readGraphAlert(alert, new Date().toISOString());
    if (incidentId !== null && !isIncidentId(incidentId)) throw new Problem('unknown-incident');

    const reported = await this.intake.report(sent.command, report, hashOf(contentOf(alert as Raw)), incidentId, {
      atOnce,
    });
    if ('refused' in reported) throw refused(reported);
    const { outcome, position, repeated } = reported;
    return new Answer(
      { status: outcome, id: reported.alertId, incidentId: reported.incidentId, position: positionText(position) },
      {
        location: `/v1/alerts/${encodeURIComponent(reported.alertId)}`,
        ...(repeated && { 'idempotency-replayed': 'true' }),
        ...(atOnce && answeredAtOnce),
      },
      atOnce ? 202 : outcome === 'reported' ? 201 : 200,
    );
  }
}
