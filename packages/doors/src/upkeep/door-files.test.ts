/** Whose file a door's file is, as its first line or its target says. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FoundEngine } from '../engines/engine-door.ts'
import { hostsFiles } from '../engines/hosts-toml.ts'
import { podmanDoor } from '../engines/podman/podman-door.ts'
import { ownerOf } from './door-files.ts'

const stateDir = '/var/lib/fairlead'
const mirror = { port: 7464, stateDir }
const engineAt = (engine: FoundEngine['engine']): FoundEngine => {
  return { engine, name: engine, folder: '/etc/engine', way: '', doubt: null }
}
const writers = [
  (registry: string) => hostsFiles(registry, mirror, engineAt('docker')),
  (registry: string) => hostsFiles(registry, mirror, engineAt('containerd')),
  (registry: string) => podmanDoor.files(registry, mirror, engineAt('podman')),
]
const registry = fc
  .tuple(fc.domain(), fc.option(fc.integer({ min: 1, max: 65_535 })))
  .map(([host, port]) => (port === null ? host : `${host}:${port}`))

test('each file that a door writes is read back as its registry’s, whatever follows its first line', () => {
  fc.assert(
    fc.property(registry, fc.constantFrom(...writers), fc.string(), (name, write, more) => {
      for (const file of write(name)) {
        const content = 'text' in file ? { text: file.text + more } : { link: file.link }
        expect(ownerOf(content, stateDir)).toEqual('text' in file ? { registry: name } : 'keys')
      }
    }),
  )
})

test('a file that begins with anything else is somebody else’s, even if it repeats such a file further down', () => {
  const file = registry.map((name) => hostsFiles(name, mirror, engineAt('docker'))).map(([first]) => first)
  fc.assert(
    fc.property(file, fc.string({ minLength: 1 }), fc.nat({ max: 60 }), (found, before, cut) => {
      const text = found !== undefined && 'text' in found ? found.text : ''
      fc.pre(!before.startsWith('#'))
      expect(ownerOf({ text: before + text }, stateDir)).toBeNull()
      expect(ownerOf({ text: text.slice(0, cut) }, stateDir)).toBeNull()
      expect(ownerOf({ text: text.slice(cut + 1) }, stateDir)).toBeNull()
      expect(ownerOf({ link: before + text }, stateDir)).toBeNull()
    }),
  )
})

test.each(['#', ' ', '`', '\n', 'a', '"', '# Written by fairlead for its door; `fairlead door close '])(
  'a mebibyte of %j is read in linear time, and is nobody’s',
  (unit) => {
    const long = unit.repeat(2 ** 20 / unit.length)
    expect(ownerOf({ text: long }, stateDir)).toBeNull()
    expect(ownerOf({ link: long }, stateDir)).toBeNull()
  },
)
