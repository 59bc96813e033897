import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearestWord, nearWord } from './nearest-word.ts'

const words = ['docker_image', 'ray_version', 'env_vars', 'registry_login_secret'] as const

test('finds a word with one letter wrong, dropped or added', () => {
  fc.assert(
    fc.property(fc.constantFrom(...words), fc.nat(20), fc.constantFrom('', 'x', 'xy'), (word, index, letters) => {
      expect(nearestWord(word.slice(0, index) + letters + word.slice(index + 1), words)).toBe(word)
    }),
  )
})

test('always gives an answer, even for very long words', () => {
  expect(words).toContain(nearestWord('x'.repeat(1_000_000), words))
})

test.each([
  ['docker_imgae', 'docker_image'],
  ['image', 'docker_image'],
  ['environment_vars', 'env_vars'],
  ['pip', null],
  ['MY_VAR', null],
  ['', null],
])('the nearest word to %j is %j', (typed, near) => {
  expect(nearWord(typed, words)).toBe(near)
})
