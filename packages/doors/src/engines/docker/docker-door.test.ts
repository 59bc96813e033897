import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assertContainerdStore, assertReadsHosts } from './docker-door.ts'

describe('a Docker Engine', () => {
  test.each([
    ['28.5.2', '1.51'],
    ['20.10.24', '1.41'],
  ])('before 29 has no door: %s', (version, api) => {
    expect(() => assertReadsHosts(version, api)).toThrow(
      expect.objectContaining({ code: 'DOOR_ENGINE_TOO_OLD', facts: { version, expected_version: '29.0' } }),
    )
  })

  test.each([
    ['29.0.0', '1.52'],
    ['29.8.1', '1.56'],
    ['unknown', '2.0'],
  ])('from 29 on has one: %s', (version, api) => {
    expect(() => assertReadsHosts(version, api)).not.toThrow()
  })

  test('on containerd’s image store has one', () => {
    const DriverStatus = [['driver-type', 'io.containerd.snapshotter.v1']]
    expect(() => assertContainerdStore({ Driver: 'overlayfs', DriverStatus })).not.toThrow()
  })

  test.each([
    ['overlay2', { Driver: 'overlay2', DriverStatus: [['Backing Filesystem', 'extfs']] }],
    ['no store at all', { DriverStatus: null }],
    ['nothing', null],
  ])('on another store has none: %s', (_, info) => {
    expect(() => assertContainerdStore(info)).toThrow(expect.objectContaining({ code: 'DOOR_ENGINE_STORE' }))
  })

  test('has one only if it says so, whatever it says', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (info) => {
        expect(() => assertContainerdStore({ DriverStatus: info })).toThrow(
          expect.objectContaining({ code: 'DOOR_ENGINE_STORE' }),
        )
      }),
    )
  })
})
