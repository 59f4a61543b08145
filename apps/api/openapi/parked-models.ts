import { ApiProperty } from '@nestjs/swagger';
import { projectionNames } from '#read-model';
import type { ProjectionName } from '#read-model';
import { Counted, Position, Texted, Word } from './models.js';

class EventThere {
  @Texted('Of the event store.') stream: string;
  @Counted('Its number in the stream.') revision: number;
  @Texted('As it stands in the store.') type: string;
  @Position('Its place in the log.') position: string;
}

export class ParkedThing {
  @Texted('Of the incident or the alert.', { example: '12' }) id: string;
  @Word(['incident', 'alert']) kind: 'incident' | 'alert';
  @Word(projectionNames) projection: ProjectionName;
  @Texted('Why the event cannot be projected.') reason: string;
  @ApiProperty({ type: EventThere }) event: EventThere;
  @Position('The last event of the stream that is not shown.') passedOver: string;
  @Texted('When it was parked, or when folding it anew failed last.', { format: 'date-time' }) time: string;
  @ApiProperty({ type: Boolean, description: 'Somebody has asked for it to be folded anew.' }) unparkRequested: boolean;
}

export class ParkedList {
  @ApiProperty({ type: [ParkedThing] }) value: ParkedThing[];
}

export class UnparkAnswer {
  @Texted('As it was asked.') id: string;
  @Counted('How many projections have it parked.') requested: number;
}
