/**
 * Works on many items at once, on 64 where `atOnce` does not say; on those that share a key one after the other, in order. Resolves with
 * the results in the order of the items. Where `work` rejects, so does this, and what is under way goes on unheeded.
 */
export async function inLanes<T, R>(
  items: readonly T[],
  keyOf: (item: T, index: number) => string,
  work: (item: T, index: number) => Promise<R>,
  atOnce = 64,
): Promise<R[]> {
  const lanes = new Map<string, number[]>();
  for (const [index, item] of items.entries()) {
    const lane = lanes.get(keyOf(item, index));
    if (lane) lane.push(index);
    else lanes.set(keyOf(item, index), [index]);
  }
  const results: R[] = [];
  const waiting = lanes.values();
  const worker = async () => {
    for (const indexes of waiting) for (const index of indexes) results[index] = await work(items[index]!, index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, lanes.size) }, worker));
  return results;
}
