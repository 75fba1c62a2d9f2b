/**
 * What `work` makes of each item, in the order of the items, while at most `width` of them are in work. The first failure ends
 * it; what else is in work is then left alone, and its own failures say nothing new.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  width: number,
): AsyncGenerator<Result> {
  const inWork: Promise<Result>[] = []
  for await (const item of items) {
    const result = work(item)
    // It is awaited in its turn, until when nobody else would look at a failure.
    result.catch(() => undefined)
    inWork.push(result)
    if (inWork.length >= width) yield await inWork.shift()!
  }
  while (inWork.length > 0) yield await inWork.shift()!
}
