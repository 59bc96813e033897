/** Versions that the SDK promises but no interpreter can test are known by name. */
import { expect, test } from 'vitest'
import { missingVersions } from './python-interpreters.mjs'

const found = (...versions: string[]) => versions.map((version) => ({ version, path: `/usr/bin/python-${version}` }))

test('names the versions without an interpreter', () => {
  expect(missingVersions(found('3.10.13', '3.12.1', '3.14.8'))).toEqual(['3.11', '3.13'])
  expect(missingVersions(found('3.10.13', '3.11.7', '3.12.1', '3.13.0'))).toEqual(['3.14'])
})

test('does not confuse 3.1 and 3.10', () => {
  expect(missingVersions(found('3.1.4'))).toContain('3.10')
  expect(missingVersions(found('3.10.1', '3.11.1', '3.12.1', '3.13.1', '3.14.1'))).toEqual([])
})
