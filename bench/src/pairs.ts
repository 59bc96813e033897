/** Two ways measured side by side, in alternating order, so that neither always comes first. */
import type { Series } from './benchmark.ts'

export interface Pair<Ours, Theirs> {
  readonly ours: Ours
  readonly theirs: Theirs
}

export async function measurePairs<Ours, Theirs>(
  count: number,
  ours: () => Promise<Ours>,
  theirs: () => Promise<Theirs>,
  onPair: (pair: Pair<Ours, Theirs>, number: number) => void,
): Promise<readonly Pair<Ours, Theirs>[]> {
  const pairs: Pair<Ours, Theirs>[] = []
  for (let number = 1; number <= count; number += 1) {
    const pair = await measurePair(number, ours, theirs)
    onPair(pair, number)
    pairs.push(pair)
  }
  return pairs
}

/** Ours first in every other one. */
export const measurePair = <Ours, Theirs>(
  number: number,
  ours: () => Promise<Ours>,
  theirs: () => Promise<Theirs>,
): Promise<Pair<Ours, Theirs>> => (number % 2 === 1 ? oursFirst(ours, theirs) : theirsFirst(ours, theirs))

async function oursFirst<Ours, Theirs>(ours: () => Promise<Ours>, theirs: () => Promise<Theirs>) {
  const first = await ours()
  return { ours: first, theirs: await theirs() }
}

async function theirsFirst<Ours, Theirs>(ours: () => Promise<Ours>, theirs: () => Promise<Theirs>) {
  const first = await theirs()
  return { ours: await ours(), theirs: first }
}

export function wallTimes(
  names: Pair<string, string>,
  pairs: readonly Pair<{ readonly wallMs: number }, { readonly wallMs: number }>[],
): readonly Series[] {
  return [
    { name: names.ours, unit: 'ms', values: pairs.map(({ ours }) => ours.wallMs) },
    { name: names.theirs, unit: 'ms', values: pairs.map(({ theirs }) => theirs.wallMs) },
    { name: 'ratio', unit: 'x', values: pairs.map(({ ours, theirs }) => ours.wallMs / theirs.wallMs) },
  ]
}
