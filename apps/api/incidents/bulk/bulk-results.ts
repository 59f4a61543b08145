import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { ProblemDocument } from '#platform';
import { ProblemModel, Texted, Word } from '../../openapi/models.js';

/** Of one incident: `done` as its own command would have answered, `unchanged` where nothing had to be done. */
export type BulkResult =
  | {
      readonly status: 'done' | 'unchanged';
      readonly id: string;
      readonly revision: number;
      readonly position: string;
    }
  | { readonly status: 'refused'; readonly id: string; readonly problem: ProblemDocument };

@ApiSchema({ name: 'BulkResult' })
class BulkResultModel {
  @Word(['done', 'unchanged', 'refused'], { description: 'Unchanged: it was so already.' })
  status: BulkResult['status'];
  @Texted('The incident.', { example: '7' }) id: string;
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    required: false,
    description: 'Number of its last event; its ETag. Absent where it was refused.',
  })
  revision?: number;
  @Texted('Send the highest one as Docket-After to see the effect in a query. Absent where it was refused.', {
    pattern: '^\\d+$',
    example: '4711',
    required: false,
  })
  position?: string;
  @ApiProperty({ type: () => ProblemModel, required: false, description: 'Why it was refused.' }) problem?: object;
}

export class BulkResults {
  @ApiProperty({ type: [BulkResultModel], description: 'One for each incident, in order.' }) value: BulkResultModel[];
}
