import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cgroupMount } from './cgroup.ts'

const unified = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate'
const hybrid = '41 32 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw'
const old = '40 32 0:27 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids'
const part = '35 24 0:30 /docker/1f /sys/fs/cgroup rw - cgroup2 cgroup2 rw'

test('the second hierarchy is found alone and beside the first, and a part of it is not the whole', () => {
  expect(cgroupMount(unified)).toBe('/sys/fs/cgroup')
  expect(cgroupMount([old, hybrid].join('\n'))).toBe('/sys/fs/cgroup/unified')
  expect(cgroupMount(old)).toBeNull()
  expect(cgroupMount(part)).toBeNull()
})

test('no table of mounts makes it crash', () => {
  fc.assert(fc.property(fc.string(), (text) => cgroupMount(text) === null || text.includes('cgroup2')))
})
