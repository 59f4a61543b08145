import { createHash } from 'node:crypto';

/**
 * Remembers texts by 64 bits of their hash: 16 to 32 bytes for each, outside of the engine's heap. That it takes one of a million for another
 * one has a probability below 10⁻⁷.
 */
export class SeenTexts {
  /** 0 where nothing is. */
  private slots = new BigUint64Array(1_024);
  private count = 0;

  /** Whether the text is seen for the first time. */
  add(text: string): boolean {
    const isNew = put(this.slots, hashOf(text));
    if (isNew) this.count++;
    if (this.count * 2 > this.slots.length) this.grow();
    return isNew;
  }

  private grow(): void {
    const slots = new BigUint64Array(this.slots.length * 2);
    for (const hash of this.slots) if (hash !== 0n) put(slots, hash);
    this.slots = slots;
  }
}

/** Into the first free slot from the one on that the hash says; false where it is there. */
function put(slots: BigUint64Array, hash: bigint): boolean {
  const last = slots.length - 1;
  let slot = Number(hash & 0xffffffffn) & last;
  while (slots[slot] !== 0n) {
    if (slots[slot] === hash) return false;
    slot = (slot + 1) & last;
  }
  slots[slot] = hash;
  return true;
}

const hashOf = (text: string): bigint => createHash('sha1').update(text).digest().readBigUInt64LE() || 1n;
