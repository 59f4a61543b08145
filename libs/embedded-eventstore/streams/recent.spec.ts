import { describe, expect, it } from '@jest/globals';
import { Recent } from './recent.js';

const at = (position: number) => ({ stream: 'stream', revision: position, position });

describe('places of recent events', () => {
  it('are known of as many as were promised, and forgotten later', () => {
    const recent = new Recent(10);
    for (let position = 1; position <= 95; position++) recent.remember(`id-${position}`, at(position), position);
    for (let position = 86; position <= 95; position++) expect(recent.of(`id-${position}`)).toEqual(at(position));
    for (let position = 1; position <= 75; position++) expect(recent.of(`id-${position}`)).toBeUndefined();
  });

  it('are not forgotten while the events are on their way to the disk', () => {
    const recent = new Recent(10);
    for (let position = 1; position <= 95; position++) recent.remember(`id-${position}`, at(position), 5);
    for (let position = 6; position <= 95; position++) expect(recent.of(`id-${position}`)).toEqual(at(position));
    for (let position = 96; position <= 120; position++) recent.remember(`id-${position}`, at(position), 95);
    expect(recent.of('id-50')).toBeUndefined();
  });

  it('are forgotten at once where the events never came to be', () => {
    const recent = new Recent(10);
    for (let position = 1; position <= 15; position++) recent.remember(`id-${position}`, at(position), position);
    recent.forgetBehind(8);
    expect([recent.of('id-8'), recent.of('id-9'), recent.of('id-15')]).toEqual([at(8), undefined, undefined]);
    recent.remember('again', at(9), 8);
    expect(recent.of('again')).toEqual(at(9));
  });
});
