import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { chanceOf } from './chance.ts'

const seeds = fc.integer({ min: 0, max: 1_000_000_000 })

test('the same seed makes the same choices', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const choose = () => {
        const chance = chanceOf(seed)
        return [chance.between(0, 1000), chance.between(-5, 5), chance.pick(['a', 'b', 'c']), chance.turn([1, 2, 3])]
      }
      expect(choose()).toEqual(choose())
    }),
  )
})

test('a number is within its limits, and consecutive seeds give different ones', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const drawn = Array.from({ length: 50 }, (_, index) => chanceOf(seed + index).between(10, 1009))
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(10)
      expect(Math.max(...drawn)).toBeLessThanOrEqual(1009)
      expect(new Set(drawn).size).toBeGreaterThan(25)
    }),
  )
})

test('as many consecutive seeds as there are choices take each in turn', () => {
  const choices = ['ping', 'manifest', 'config', 'layer', 'token']
  fc.assert(
    fc.property(seeds, (seed) => {
      expect(new Set(choices.map((_, index) => chanceOf(seed + index).turn(choices)))).toEqual(new Set(choices))
    }),
  )
})
