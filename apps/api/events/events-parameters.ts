import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Fits, Moment, Optional, Text, Texts, WholeNumber } from '../http/fields.js';

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

const Position = (name: 'after' | 'upTo', description: string) =>
  applyDecorators(
    Text({ max: 19, description, example: '4711' }),
    ApiProperty({ pattern: '^\\d+$' }),
    Fits(
      'position',
      (parameters: EventsParameters) => isPosition(parameters[name]!),
      'must be a position as an event or an answer gave it: a decimal number',
    ),
  );

const isPosition = (text: string): boolean => /^\d{1,19}$/.test(text) && BigInt(text) < 2n ** 63n;

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
