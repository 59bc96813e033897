import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cgroupMount, isInCgroup } from './cgroup.ts'

const unified = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate'
const hybrid = '41 32 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw'
const elsewhere = '77 32 0:28 / /run/cilium/cgroupv2 rw,relatime - cgroup2 none rw'
const old = '40 32 0:27 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids'
const part = '35 24 0:30 /docker/1f /sys/fs/cgroup rw - cgroup2 cgroup2 rw'

test('finds the second hierarchy with and without the first, and does not take a part of it for the whole', () => {
  expect(cgroupMount(unified, 2)).toBe('/sys/fs/cgroup')
  expect(cgroupMount([old, hybrid].join('\n'), 1)).toBe('/sys/fs/cgroup/unified')
  expect(cgroupMount(old, 1)).toBeNull()
  expect(cgroupMount(part, 2)).toBeNull()
})

test('S14: next to version 1, it counts only where runtimes look for it', () => {
  expect(cgroupMount([old, elsewhere].join('\n'), 1)).toBeNull()
  expect(cgroupMount([elsewhere, old, hybrid].join('\n'), 1)).toBe('/sys/fs/cgroup/unified')
  // An engine that reports version 1 uses it, whatever is mounted.
  expect(cgroupMount(unified, 1)).toBeNull()
})

test('no mount table makes it crash', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(1, 2), (text, version) => {
      return cgroupMount(text, version) === null || text.includes('cgroup2')
    }),
  )
})

describe('S14: whether a process is in the cgroup of workloads', () => {
  const hybridLines = ['9:name=systemd:/fairlead/1f', '8:pids:/fairlead/1f']

  test.each([
    ['/fairlead/1f', 'cgroupfs', true],
    ['/fairlead', 'cgroupfs', true],
    ['/fairlead.slice/docker-1f.scope', 'systemd', true],
    ['/', 'cgroupfs', false],
    ['/fairlead-other/1f', 'cgroupfs', false],
    ['/docker/fairlead/1f', 'cgroupfs', false],
    ['/fairlead.slice/docker-1f.scope', 'cgroupfs', false],
    ['/../fairlead/1f', 'cgroupfs', false],
  ] as const)('%s, if the engine’s driver is %s: %s', (path, driver, expected) => {
    expect(isInCgroup([...hybridLines, `0::${path}`, ''].join('\n'), driver)).toBe(expected)
  })

  test('is false if the second hierarchy has no line, or two', () => {
    expect(isInCgroup(hybridLines.join('\n'), 'cgroupfs')).toBe(false)
    expect(isInCgroup('0::/fairlead/1f\n0::/\n', 'cgroupfs')).toBe(false)
    fc.assert(fc.property(fc.string(), (text) => !isInCgroup(text, 'cgroupfs') || text.includes('0::/fairlead')))
  })
})
