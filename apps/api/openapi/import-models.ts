import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Counted, Position, ProblemModel, Texted, Word, anyJson, nullable } from './models.js';

@ApiSchema({ name: 'Adaptation' })
class AdaptationModel {
  @Texted('What was not taken over to the letter.', { example: 'status' }) property: string;
  @Texted('Where it is about an alert.', { required: false }) alertId?: string;
  @ApiProperty({ description: 'As it came.', ...anyJson }) from: unknown;
  @ApiProperty({ description: 'As it is here.', ...anyJson }) to: unknown;
  @Texted('Why.') because: string;
}

@ApiSchema({ name: 'Difference' })
class DifferenceModel {
  @Texted('What is not the same.', { example: 'status' }) property: string;
  @Texted('Where it is about an alert.', { required: false }) alertId?: string;
  @ApiProperty({ description: 'What it is here, and stays.', ...anyJson }) here: unknown;
  @ApiProperty({ description: 'What it is in the version that came.', ...anyJson }) there: unknown;
}

@ApiSchema({ name: 'AlertImportResult' })
export class AlertImportResult {
  @Texted('The alert; null where it has no id.', nullable) id: string | null;
  @Word(['imported', 'updated', 'unchanged', 'elsewhere', 'refused', 'waiting'], {
    description:
      'Updated: it was here, and its product says more by now. Elsewhere: it was here before, in another incident, and stays there. ' +
      'Waiting: it is safe, and will be in the incident in a moment.',
  })
  outcome: string;
  @Texted('The incident it is in; null where it was refused, or is waiting.', nullable) incidentId: string | null;
  @ApiProperty({ type: () => ProblemModel, required: false, description: 'Why it was refused.' }) problem?: object;
}

class CommentCounts {
  @Counted('Comments that came along now.') imported: number;
  @Counted('Comments that were here.') unchanged: number;
}

export class ImportAnswer {
  @Texted('The incident.', { example: '7' }) incidentId: string;
  @Texted('Its id where it comes from.', { example: '1923' }) externalId: string;
  @Word(['imported', 'completed', 'unchanged'], {
    description: 'Completed: it was here, but alerts or comments came along that were not.',
  })
  outcome: string;
  @Counted('Number of its last event; its ETag.') revision: number;
  @Position('Send it as Docket-After to see the effect in a query.') position: string;
  @ApiProperty({ type: [AdaptationModel] }) adapted: readonly AdaptationModel[];
  @ApiProperty({
    type: [DifferenceModel],
    description: 'Where it was imported before in another version: what is otherwise there. Docket’s value stays.',
  })
  differences: readonly DifferenceModel[];
  @ApiProperty({ type: [AlertImportResult], description: 'One for each alert, in order.' })
  alerts: readonly AlertImportResult[];
  @ApiProperty({ type: CommentCounts }) comments: CommentCounts;
}
