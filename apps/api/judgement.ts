import type { Classification as Classified, Determination as Determined, Judgement } from '#incidents';
import { Nullable, Optional } from './http/fields.js';
import { Classification, Comment, Determination } from './vocabulary.js';

/** Bodies that judge an incident or an alert. */

export class ClassifyBody {
  @Classification() classification: Classified | null;
  @Optional() @Determination() determination?: Determined | null;
}

export class ResolveBody {
  @Optional() @Classification() classification?: Classified | null;
  @Optional() @Determination() determination?: Determined | null;
  @Optional() @Nullable() @Comment() comment?: string | null;
}

export const judgementOf = ({ classification, determination = null }: ClassifyBody): Judgement => ({
  classification,
  determination,
});

/** A resolution that says nothing of the classification leaves it as it is. */
export function resolutionOf({ classification, determination = null, comment = null }: ResolveBody): {
  judgement?: Judgement;
  comment: string | null;
} {
  return classification === undefined ? { comment } : { judgement: { classification, determination }, comment };
}
