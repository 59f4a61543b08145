import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { severities } from '#incidents';
import type { Severity } from '#incidents';
import type { Durations, Frequent, Judged, MetricsSummary } from '#read-model';
import { Counted, Position, Texted, nullable } from './models.js';

const Day = (description: string) => ApiProperty({ type: String, format: 'date', description });
const Seconds = (description: string) =>
  ApiProperty({
    type: Number,
    minimum: 0,
    description: `${description} Seconds, with an error of at most 5 %.`,
    ...nullable,
  });
const More = () => Counted('How many others there are, which are not listed.');

class JudgedModel implements Judged {
  @Counted('Incidents that were real.') truePositive: number;
  @Counted('Incidents that were real, and expected.') informationalExpectedActivity: number;
  @Counted('Incidents that were not real.') falsePositive: number;
  @Counted('Incidents of which nobody said.') unclassified: number;
}

class JudgedName extends JudgedModel {
  @Texted('The category or the source, as products call it.', { example: 'antivirus' }) name: string;
}

@ApiSchema({ name: 'JudgedBy' })
class JudgedByModel implements Frequent<JudgedName> {
  @ApiProperty({ type: [JudgedName], description: 'The 100 most frequent, those first.' }) value: readonly JudgedName[];
  @More() more: number;
}

class OpenOfOwner {
  @Texted('The owner; null for the open incidents of nobody, which come first.', nullable) assignedTo: string | null;
  @Counted('Open incidents.') count: number;
}

class OpenByOwner implements Frequent<OpenOfOwner> {
  @ApiProperty({ type: [OpenOfOwner], description: 'The 100 owners who have most of them.' })
  value: readonly OpenOfOwner[];
  @More() more: number;
}

class OpenByStatus {
  @Counted('Nobody works on them.') active: number;
  @Counted('Somebody does.') inProgress: number;
}

const bySeverity = Object.fromEntries(severities.map((name) => [name, { type: 'integer', minimum: 0 }]));

class OpenIncidents {
  @Counted('Neither resolved nor redirected.') total: number;
  @ApiProperty({ type: OpenByStatus }) byStatus: OpenByStatus;
  @ApiProperty({ type: 'object', properties: bySeverity as never, required: [...severities], selfRequired: true })
  bySeverity: Readonly<Record<Severity, number>>;
  @ApiProperty({ type: OpenByOwner }) byOwner: OpenByOwner;
}

class OnDay {
  @Day('In UTC.') day: string;
  @Counted('Incidents that were opened.') opened: number;
  @Counted('Incidents that were resolved, and are.') resolved: number;
  @Counted('Incidents that were merged into another.') merged: number;
}

@ApiSchema({ name: 'Durations' })
class DurationsModel implements Durations {
  @Counted('How many durations there are.') count: number;
  @Seconds('Half of them are not longer; null where there is none.') median: number | null;
  @Seconds('Nine tenths of them are not longer; null where there is none.') p90: number | null;
}

@ApiSchema({ name: 'MetricsSummary' })
export class MetricsSummaryModel implements Omit<MetricsSummary, 'position'> {
  @Day('The first day.') from: string;
  @Day('The last day.') to: string;
  @ApiProperty({ type: OpenIncidents, description: 'What is open now, whatever the days.' }) open: OpenIncidents;
  @Counted('Incidents that were opened on these days.') opened: number;
  @Counted('Incidents that were resolved on these days, and are.') resolved: number;
  @Counted('Incidents that were merged into another on these days.') merged: number;
  @ApiProperty({ type: [OnDay], description: 'Every day, the first one first.' }) days: readonly OnDay[];
  @ApiProperty({ type: DurationsModel, description: 'From opened to the first owner.' }) timeToAssign: DurationsModel;
  @ApiProperty({ type: DurationsModel, description: 'From opened to resolved.' }) timeToResolve: DurationsModel;
  @ApiProperty({ type: JudgedModel, description: 'How the resolved were judged.' }) classifications: JudgedModel;
  @ApiProperty({ type: JudgedByModel, description: 'By the categories of their alerts.' }) categories: JudgedByModel;
  @ApiProperty({ type: JudgedByModel, description: 'By the products.' }) serviceSources: JudgedByModel;
  @ApiProperty({ type: JudgedByModel, description: 'By the technologies.' }) detectionSources: JudgedByModel;
  @Position('All of this is as it was there.') position: string;
  @ApiProperty({
    type: [String],
    required: false,
    description:
      'Incidents that count as they did before an event that cannot be projected; absent where there is none.',
  })
  parked?: readonly string[];
}
