import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { commandId } from '#event-store';
import type { ProblemDocument } from '#platform';
import { PlanLog, inLanes } from '#process-managers';
import { Answer } from '../../http/answer.js';
import type { Sent } from '../../http/envelope.js';
import { invalid } from '../../http/invalid.js';
import { problemOfOne } from '../../http/one-of-many.js';
import type { ReportAnswer } from '../../openapi/models.js';
import { answeredAtOnce } from '../prefer.js';
import { ReportAlertHandler } from './report-alert.js';

const atMost = 1_000;

/** What a product says of many alerts. Each is taken in or refused for itself. */
export class ReportAlerts {
  constructor(
    readonly alerts: readonly unknown[],
    readonly sent: Sent,
    /** Whether the answer may leave out the alerts' incidents. */
    readonly atOnce = false,
  ) {}
}

export type ReportResult = ReportAnswer | { status: 'refused'; id: string | null; problem: ProblemDocument };

@CommandHandler(ReportAlerts)
export class ReportAlertsHandler implements ICommandHandler<ReportAlerts> {
  constructor(
    private readonly one: ReportAlertHandler,
    private readonly plans: PlanLog,
  ) {}

  async execute({ alerts, sent, atOnce }: ReportAlerts): Promise<Answer<{ value: ReportResult[] }>> {
    if (alerts.length === 0 || alerts.length > atMost)
      throw invalid('body', '', `Report 1 to ${atMost} alerts at a time, not ${alerts.length}`);

    await this.plans.reserve(sent.command);
    // Of two reports of one alert the first goes first.
    const laneOf = (alert: unknown, index: number) => idOf(alert) ?? `#${index}`;
    // All of them wait for their incidents together, so that the correlator gets to see them together.
    const value = await inLanes(alerts, laneOf, (alert, index) => this.report(alert, sent, index, atOnce), atMost);
    return new Answer({ value }, atOnce ? answeredAtOnce : {}, 200);
  }

  private async report(alert: unknown, { command }: Sent, index: number, atOnce: boolean): Promise<ReportResult> {
    try {
      const id = commandId(command.id, String(index));
      return (await this.one.takeIn(alert, { command: { ...command, id } }, atOnce)).body;
    } catch (error) {
      return { status: 'refused', id: idOf(alert) ?? null, problem: problemOfOne(error).toJSON() };
    }
  }
}

export function idOf(alert: unknown): string | undefined {
  const id = (alert as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : undefined;
}
