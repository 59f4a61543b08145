import { applyDecorators } from '@nestjs/common';
import {
  classifications,
  correlationReasons,
  determinations,
  determinationsOf,
  fits,
  limits,
  severities,
} from '#incidents';
import type { Judgement } from '#incidents';
import { determinationAliases, unset } from './alerts/graph-vocabulary.js';
import { Fits, Nullable, OneOf, SomeOf, Text, Texts } from './http/fields.js';

/** Fields that several commands have, in the words of Graph. */

export const Comment = () =>
  Text({
    max: limits.comment,
    description: 'Stored as sent and never edited.',
    example: 'The user confirms that she did not open the attachment.',
  });

export const DisplayName = () =>
  Text({
    max: limits.displayName,
    description: 'A name of your own; the system never overwrites it.',
    example: 'Invoice phishing, finance',
  });

export const Owner = () =>
  Text({ max: limits.assignedTo, description: '`me`, or whom it is given to.', example: 'me' });

export const Description = () =>
  applyDecorators(Nullable(), Text({ max: limits.description, description: 'What it is about; null takes it away.' }));

export const Tags = (description: string) =>
  Texts({ max: limits.tag, atMost: limits.tags, description, example: ['vip'] });

export const Severity = () => OneOf(severities, { description: 'How bad it is.', example: 'high' });

export const SeverityOrAutomatic = () =>
  OneOf([...severities, 'automatic'], {
    description: '`automatic`: the highest severity of the alerts, from now on.',
    example: 'high',
  });

/** Null, or `unknown`: not judged. */
export const Classification = () =>
  applyDecorators(
    Nullable(),
    OneOf(classifications, {
      aliases: unset,
      description: 'Whether it was real; null or `unknown`: nobody has said.',
      example: 'truePositive',
    }),
  );

export const Reasons = () =>
  SomeOf(correlationReasons, {
    atMost: correlationReasons.length,
    repeatable: false,
    description: 'Why they belong together.',
    example: ['sameAsset'],
  });

/** Also understood by its older names. */
export const Determination = () =>
  applyDecorators(
    Nullable(),
    OneOf(determinations, {
      aliases: determinationAliases,
      description: 'What it was; it must belong to the classification.',
      example: 'phishing',
    }),
    Fits('fitsClassification', belongs, fitting),
  );

const belongs = ({ classification, determination }: Partial<Judgement>): boolean =>
  determination == null || (classification != null && fits(determination, classification));

const fitting = `must belong to the classification that is given with it: ${Object.entries(determinationsOf)
  .map(([classification, fitting]) => `${classification}: ${fitting.join(', ')}`)
  .join('; ')}`;
