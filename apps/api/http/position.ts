import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Fits, Text } from './fields.js';

/** A place in the whole log, as text: the parameter `name` of a query. */
export const Position = (name: string, description: string) =>
  applyDecorators(
    Text({ max: 19, description, example: '4711' }),
    ApiProperty({ pattern: '^\\d+$' }),
    Fits(
      'position',
      (parameters: Readonly<Record<string, string>>) => isPosition(parameters[name]!),
      'must be a position as an event or an answer gave it: a decimal number',
    ),
  );

export const isPosition = (text: string): boolean => /^\d{1,19}$/.test(text) && BigInt(text) < 2n ** 63n;
