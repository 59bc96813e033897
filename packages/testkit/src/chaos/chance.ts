/** Choices that a seed decides, so that a failed round can be played again. */

export interface Chance {
  readonly seed: number
  /** A whole number of at least `min` and at most `max`. */
  readonly between: (min: number, max: number) => number
  readonly pick: <Choice>(choices: readonly Choice[]) => Choice
  /**
   * The choice whose turn it is: consecutive seeds take one after the other, so that enough rounds take all of them.
   */
  readonly turn: <Choice>(choices: readonly Choice[]) => Choice
}

export function chanceOf(seed: number): Chance {
  const next = randomNumbers(seed)
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    seed,
    between,
    pick: (choices) => at(choices, between(0, choices.length - 1)),
    turn: (choices) => at(choices, seed % choices.length),
  }
}

function at<Choice>(choices: readonly Choice[], index: number): Choice {
  if (choices.length === 0) throw new RangeError('there is nothing to choose from')
  return choices[index] as Choice
}

/** From 0 to below 1, by Tommy Ettinger's mulberry32: 32 bits of state, and well spread for consecutive seeds. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
