import { applyDecorators } from '@nestjs/common';
import { Fits, Moment, Optional, Text, Texts, WholeNumber } from '../http/fields.js';
import { Position } from '../http/position.js';

const LIMIT = 100_000;

/** A `*` only ever stands at the end; system streams (`$…`) are not part of the log. */
const streamName = /^(?:[^$*][^*]*)?\*?$/;

const StreamName = () =>
  applyDecorators(
    Text({
      max: 256,
      description:
        'The name of one stream, or the beginning of names with a `*` behind it. One that is not there is empty.',
      example: 'incident-*',
    }),
    Fits(
      'streamName',
      ({ stream }: EventsParameters) => streamName.test(stream!),
      'must be the name of a stream of incidents or alerts, or the beginning of names with a * behind it, e.g. incident-*',
    ),
  );

export class EventsParameters {
  @Optional() @StreamName() stream?: string;
  @Optional()
  @Texts({
    max: 256,
    atMost: 100,
    repeatable: true,
    description: 'Only events of these types.',
    example: ['IncidentAssigned'],
  })
  type?: string[];
  @Optional() @Text({ max: 256, description: 'Id or name of whoever did it.' }) actor?: string;
  @Optional() @Moment({ description: 'Then or later.' }) from?: string;
  @Optional() @Moment({ description: 'Before.' }) to?: string;
  @Optional()
  @Position('after', 'Only what stands behind this position: that of the last answer’s end.')
  after?: string;
  @Optional() @Position('upTo', 'Only up to this position, the event there included.') upTo?: string;
  @Optional()
  @WholeNumber({ min: 1, max: LIMIT, description: 'At most so many events; without it, all to the present end.' })
  limit?: number;
}
