import { expect, test } from 'vitest'
import { sentence } from './sentence.ts'

test.each([
  ['the secret is not allowed', 'The secret is not allowed.'],
  ['a `server` is missing.', 'A `server` is missing.'],
  ['needed', 'Needed.'],
])('turns a clause into a sentence: %s', (clause, expected) => {
  expect(sentence(clause)).toBe(expected)
})

test.each([
  'my-env.yaml is not valid YAML.',
  'registry.example:5000 limits the rate of pulls.',
  'env_vars is too long.',
])('keeps a name at the beginning unchanged: %s', (clause) => {
  expect(sentence(clause)).toBe(clause)
})
