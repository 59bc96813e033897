import { expect, test } from 'vitest'
import { readableRegions } from './memory-scan.ts'

const maps = `
00400000-00452000 r-xp 00000000 08:02 173521 /usr/bin/a file
00e03000-00e24000 rw-p 00000000 00:00 0 [heap]
7f00a0000000-7f00a0021000 ---p 00000000 00:00 0
7f00a0021000-7f00a0022000 rw-p 00000000 00:00 0
7ffd000-7ffe000 r--p 00000000 00:00 0 [vvar]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]`

test('lists readable regions with their names, but no guard pages and no kernel pages', () => {
  expect(readableRegions(maps)).toEqual([
    { start: 0x40_0000, end: 0x45_2000, name: '/usr/bin/a file' },
    { start: 0xe0_3000, end: 0xe2_4000, name: '[heap]' },
    { start: 0x7f00_a002_1000, end: 0x7f00_a002_2000, name: 'anonymous' },
  ])
})
