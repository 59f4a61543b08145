import { ApiProperty } from '@nestjs/swagger';
import type { ViewQuery } from '#incidents';
import { Counted, Position, Texted, Word } from './models.js';

const Query = () =>
  ApiProperty({
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    description: 'Filters and order, as `GET /v1/incidents` takes them.',
    example: { status: ['active'], assignedTo: ['me'], sort: '-severity' },
  });

export class ListedView {
  @Texted('Ask for it by this.', { example: 'phishing' }) name: string;
  @Word(['own', 'shared', 'builtIn'], {
    description: 'Of two with the same name the one of the earlier kind is meant.',
  })
  kind: 'own' | 'shared' | 'builtIn';
  @Query() query: ViewQuery;
  @Texted('Name of whoever saved it last.', { required: false }) savedBy?: string;
  @Texted('When.', { required: false, format: 'date-time' }) savedDateTime?: string;
}

export class ViewList {
  @ApiProperty({ type: [ListedView] }) value: ListedView[];
}

export class ViewAnswer {
  @Texted('The view.', { example: 'phishing' }) name: string;
  @ApiProperty({ type: Boolean, description: 'Whether it is everybody’s.' }) shared: boolean;
  @Counted('Number of the last event of these views.') revision: number;
  @Position('Of that event.') position: string;
  @ApiProperty({ type: [String], description: 'What happened; empty where nothing had to change.' })
  events: readonly string[];
}
