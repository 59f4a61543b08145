/** Bytes; a longer text gets a block of its own. */
const blockSize = 1_048_576;

/** Blocks beyond what the texts need that are not worth tidying up. */
const spareBlocks = 4;

class Block {
  used = 0;
  /** Bytes of texts that are still wanted. */
  live = 0;

  constructor(readonly bytes: Buffer) {}
}

interface Place {
  readonly block: Block;
  readonly start: number;
  readonly length: number;
}

/**
 * Texts by their keys, as UTF-8 in a few large blocks outside of the engine's heap: hundreds of megabytes that the garbage collector neither
 * walks through nor lets pile up. At most a quarter more is held than the texts need.
 */
export class PackedTexts {
  private readonly places = new Map<string, Place>();
  private readonly blocks = new Set<Block>();
  /** Written again before new ones are made: given back to the engine they would wait for its garbage collector. */
  private readonly empty: Block[] = [];
  private current = this.newBlock(0);
  private live = 0;

  get size(): number {
    return this.places.size;
  }

  set(key: string, text: string): void {
    this.delete(key);
    this.put(key, Buffer.from(text));
    if (this.blocks.size > spareBlocks + (this.live * 1.25) / blockSize) this.tidyUp();
  }

  get(key: string): string | undefined {
    const place = this.places.get(key);
    return place && textAt(place);
  }

  delete(key: string): void {
    const place = this.places.get(key);
    if (!place) return;
    this.places.delete(key);
    this.release(place);
  }

  keys(): IterableIterator<string> {
    return this.places.keys();
  }

  *values(): Generator<string> {
    for (const place of this.places.values()) yield textAt(place);
  }

  private put(key: string, text: Uint8Array): void {
    const { length } = text;
    if (this.current.used + length > this.current.bytes.length) this.current = this.newBlock(length);
    const block = this.current;
    block.bytes.set(text, block.used);
    this.places.set(key, { block, start: block.used, length });
    block.used += length;
    block.live += length;
    this.live += length;
  }

  private release({ block, length }: Place): void {
    block.live -= length;
    this.live -= length;
    if (block.live > 0) return;
    block.used = 0;
    if (block === this.current) return;
    this.blocks.delete(block);
    if (block.bytes.length === blockSize) this.empty.push(block);
  }

  private newBlock(least: number): Block {
    const size = Math.max(least, blockSize);
    const block = (size === blockSize ? this.empty.pop() : undefined) ?? new Block(Buffer.allocUnsafeSlow(size));
    this.blocks.add(block);
    return block;
  }

  /** Moves the texts of the blocks that are the emptiest, until those are empty. */
  private tidyUp(): void {
    const emptiest = [...this.blocks].sort((one, other) => fill(one) - fill(other));
    const leaving = new Set(
      emptiest.slice(0, Math.ceil(emptiest.length / 2)).filter((block) => block !== this.current),
    );
    for (const [key, place] of this.places) {
      if (!leaving.has(place.block)) continue;
      this.put(key, place.block.bytes.subarray(place.start, place.start + place.length));
      this.release(place);
    }
  }
}

const fill = ({ live, bytes }: Block): number => live / bytes.length;

const textAt = ({ block, start, length }: Place): string => block.bytes.toString('utf8', start, start + length);
