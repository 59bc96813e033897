/** A list in chunks of at most so many items, in its order. */
export function* chunks<Item>(items: readonly Item[], most: number): Generator<Item[]> {
  for (let start = 0; start < items.length; start += most) yield items.slice(start, start + most)
}
