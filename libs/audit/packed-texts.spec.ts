import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PackedTexts } from './packed-texts.js';

const aKey = fc.integer({ min: 0, max: 300 }).map(String);
const aText = fc
  .tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 5_000 }))
  .map(([text, times]) => text.repeat(times).slice(0, 40_000));
const aStep = fc.oneof(
  { weight: 9, arbitrary: fc.record({ key: aKey, text: aText }) },
  { weight: 1, arbitrary: fc.record({ key: aKey, text: fc.constant(undefined) }) },
);

describe('packed texts', () => {
  it('are a map, whatever is put in and taken out', () => {
    fc.assert(
      fc.property(fc.array(aStep, { minLength: 100, maxLength: 600, size: 'max' }), (steps) => {
        const [packed, plain] = [new PackedTexts(), new Map<string, string>()];
        for (const { key, text } of steps) {
          if (text === undefined) packed.delete(key);
          else packed.set(key, text);
          if (text === undefined) plain.delete(key);
          else plain.set(key, Buffer.from(text).toString());
        }
        expect(packed.size).toBe(plain.size);
        for (const [key, text] of plain) expect(packed.get(key) === text).toBe(true);
        expect([...packed.values()].sort().join() === [...plain.values()].sort().join()).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it('take little more room than they need, however often they change', () => {
    const packed = new PackedTexts();
    const text = 'x'.repeat(10_000);
    let seed = 1;
    for (let n = 0; n < 40_000; n++) {
      seed = (seed * 48_271) % 2_147_483_647;
      packed.set(String(seed % 2_000), text);
    }
    const { blocks } = packed as unknown as { blocks: Set<unknown> };
    expect(blocks.size).toBeLessThan(20 * 1.25 + 6); // 20 MB in blocks of 1 MiB
  });

  it('may be longer than a block', () => {
    const packed = new PackedTexts();
    const [long, short] = ['☂'.repeat(1_000_000), 'short'];
    packed.set('long', long);
    packed.set('short', short);
    expect(packed.get('long') === long).toBe(true);
    packed.set('long', short);
    expect([...packed.values()]).toEqual([short, short]);
  });
});
