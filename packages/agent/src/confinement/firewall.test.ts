import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { familiesHere } from './firewall.ts'

test('S14: a machine with IPv6 has rules for both families', () => {
  expect(familiesHere(fileURLToPath(import.meta.url))).toEqual(['v4', 'v6'])
  expect(familiesHere('/proc/net/no_such_family')).toEqual(['v4'])
})
