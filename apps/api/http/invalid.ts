import { Problem } from '#platform';

/** One thing that is wrong with a request. */
export interface Mistake {
  readonly in: 'body' | 'query' | 'header';
  readonly name: string;
  readonly message: string;
}

export const invalidRequest = (errors: readonly Mistake[]): Problem =>
  new Problem('invalid-request', {
    detail: errors.map(({ name, message }) => (name === '' ? `${message}.` : `${name} ${message}.`)).join(' '),
    extras: { errors },
  });

export const invalid = (where: Mistake['in'], name: string, message: string): Problem =>
  invalidRequest([{ in: where, name, message }]);
