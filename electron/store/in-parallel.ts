/** Pieces of work at once: enough to keep a disk busy, few enough to keep the thread pool free for others. */
const lanes = 8

/** Does the work for all items, `most` at a time. Rejects with the first failure. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  most = lanes,
): Promise<void> {
  const rest = items.values()
  const lane = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane))
}
