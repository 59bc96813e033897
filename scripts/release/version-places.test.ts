import { globSync } from 'node:fs'
import { version } from '@fairlead/contract/release'
import { describe, expect, test } from 'vitest'
import { textOf } from '../rules/repository-texts.ts'
import { root } from '../setup/machine.mjs'
import { versionPlaces, withVersion } from './version-places.ts'

const places = globSync([...versionPlaces], { cwd: root })

describe('the version of Fairlead', () => {
  test.each(places)('is the same in %s', (path) => {
    const text = textOf(path)
    expect(withVersion(path, text, version) === text).toBe(true)
  })

  test.each(places)('can be changed in %s, and changed back', (path) => {
    const text = textOf(path)
    const next = withVersion(path, text, '9.8.7-rc.1')
    expect(next).toMatch(/9\.8\.7-?rc\.?1/)
    expect(withVersion(path, next, version) === text).toBe(true)
  })

  test('leaves what other packages are pinned to', () => {
    const manifest =
      '{\n  "version": "0.1.0",\n  "dependencies": {\n    "@fairlead/sdk": "0.1.0",\n    "zod": "0.1.0"\n  }\n}\n'
    const next = withVersion('package.json', manifest, '0.2.0')
    expect(JSON.parse(next)).toEqual({ version: '0.2.0', dependencies: { '@fairlead/sdk': '0.2.0', zod: '0.1.0' } })
  })

  test.each(['', '1', 'v1.2.3', '1.2.3-beta', '1.2.3\n'])('is refused as %j', (wrong) => {
    expect(() => withVersion('package.json', '{}', wrong)).toThrow('a version is three numbers')
  })
})
