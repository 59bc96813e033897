import { expect, test } from 'vitest'
import { hashOfRecipe, rayRecipe } from './recipe.ts'

test('the same version on the same kind of machine has one hash, another version another', () => {
  expect(hashOfRecipe(rayRecipe('2.55.1', 'x64'), 'lock')).toBe(hashOfRecipe(rayRecipe('2.55.1', 'x64'), 'lock'))
  expect(hashOfRecipe(rayRecipe('2.55.1', 'x64'), 'lock')).not.toBe(hashOfRecipe(rayRecipe('2.55.0', 'x64'), 'lock'))
  expect(hashOfRecipe(rayRecipe('2.55.1', 'x64'), 'lock')).not.toBe(hashOfRecipe(rayRecipe('2.55.1', 'arm64'), 'lock'))
})

test('more packages give another image, and none give the plain one', () => {
  const plain = hashOfRecipe(rayRecipe('2.55.1', 'x64'), 'lock')
  expect(hashOfRecipe(rayRecipe('2.55.1', 'x64', []), 'lock')).toBe(plain)
  expect(hashOfRecipe(rayRecipe('2.55.1', 'x64', ['rsync']), 'lock')).not.toBe(plain)
})

test('another lock gives another image', () => {
  const recipe = rayRecipe('2.55.1', 'x64')
  expect(hashOfRecipe(recipe, 'aiohttp==3.14.5')).not.toBe(hashOfRecipe(recipe, 'aiohttp==3.14.6'))
})

test('an unreleased version never reaches a command line or a path', () => {
  for (const version of ['', '2.55', '../2.55.1', '2.55.1; true', '2.55.1\n', 'latest']) {
    expect(() => rayRecipe(version, 'x64')).toThrow('three numbers')
  }
})

test('a machine for which Ray has no wheels is reported', () => {
  expect(() => rayRecipe('2.55.1', 'riscv64')).toThrow('riscv64')
})
