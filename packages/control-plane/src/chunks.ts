/** Splits a list into chunks of `most` items, in order; the last one may be shorter. */
export function* chunks<Item>(items: readonly Item[], most: number): Generator<Item[]> {
  for (let start = 0; start < items.length; start += most) yield items.slice(start, start + most)
}
