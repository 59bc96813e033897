import type { Build } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { chooseBuild, revisionText, splitIdentifier } from './builds-to-start.ts'

const build = (revision: number, status: Build['status']) => ({ revision, status })
const builds = [build(3, 'failed'), build(2, 'succeeded'), build(1, 'pending')]

test.each([
  ['', { name: '', revision: null }],
  ['a', { name: 'a', revision: null }],
  ['a:2', { name: 'a', revision: 2 }],
  ['a:', { name: 'a', revision: null }],
  ['a:0', { name: 'a', revision: null }],
  ['a:2x', { name: 'a', revision: null }],
])('reads %j', (text, identifier) => {
  expect(splitIdentifier(text)).toEqual(identifier)
})

test('without a revision, takes the newest build that did not fail; with one, that build', () => {
  expect(chooseBuild(builds, null)?.revision).toBe(2)
  expect(chooseBuild(builds, 3)?.revision).toBe(3)
  expect(chooseBuild(builds, 9)).toBeNull()
  expect(chooseBuild([build(1, 'failed')], null)).toBeNull()
})

test('a revision says whether it is the newest and how its check went', () => {
  expect(revisionText(build(3, 'failed'), 3)).toBe('3, the newest (failed its check)')
  expect(revisionText(build(1, 'pending'), 3)).toBe('1 (not checked yet)')
})
