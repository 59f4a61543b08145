import { applyDecorators } from '@nestjs/common';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ReadModel, countDays, dayAfter } from '#read-model';
import { positionText } from '../../http/answer.js';
import { Fits, Formed, Optional } from '../../http/fields.js';
import { invalid } from '../../http/invalid.js';
import { isRealTime } from '../../http/moments.js';
import { ReadYourWrites } from '../../http/read-your-writes.js';
import type { MetricsSummaryModel } from '../../openapi/metrics-models.js';

/** A year, leap years too: an answer has an entry for each day. */
const mostDays = 366;
const usualDays = 30;

const Day = (name: 'from' | 'to', description: string) =>
  applyDecorators(
    Formed({
      pattern: /^\d{4}-\d\d-\d\d$/,
      form: 'a day, e.g. 2026-11-23',
      description,
      example: '2026-11-23',
    }),
    Fits(
      'realDay',
      (range: MetricsParameters) => isRealTime(`${range[name]}T00:00:00Z`),
      'must be a day that there is',
    ),
  );

export class MetricsParameters {
  @Optional() @Day('from', 'The first day, in UTC; without it the 30th, counted back from the last.') from?: string;
  @Optional() @Day('to', 'The last day, in UTC; without it today. At most 366 days in all.') to?: string;
}

/** What is open, and what became of incidents from day to day. `after`: not older than this position. */
export class SummarizeMetrics {
  constructor(
    readonly range: MetricsParameters,
    readonly after: bigint | undefined,
  ) {}
}

@QueryHandler(SummarizeMetrics)
export class SummarizeMetricsHandler implements IQueryHandler<SummarizeMetrics> {
  constructor(
    private readonly readModel: ReadModel,
    private readonly seen: ReadYourWrites,
  ) {}

  async execute({ range, after }: SummarizeMetrics): Promise<MetricsSummaryModel> {
    const days = daysOf(range);
    await this.seen.shown('metrics', after);
    const summary = await this.readModel.metrics({ ...days, after });
    return { ...summary, position: positionText(summary.position) };
  }
}

/** @throws Problem invalid-request */
function daysOf({ from: first, to = today() }: MetricsParameters): { from: string; to: string } {
  const from = first ?? dayAfter(to, 1 - usualDays);
  const days = countDays(from, to);
  if (days < 1) throw invalid('query', 'from', `must not be after to, which is ${to}`);
  if (days > mostDays) throw invalid('query', 'from', `must be at most ${mostDays} days before the end of ${to}`);
  return { from, to };
}

const today = (): string => new Date().toISOString().slice(0, 'yyyy-mm-dd'.length);
