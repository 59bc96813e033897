/** The archive of one file, as the system tar reads it. */
import { execFileSync } from 'node:child_process'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { tarOf } from './tar-file.ts'

const read = (archive: Uint8Array, ...args: string[]): string =>
  execFileSync('tar', ['-f', '-', ...args], { input: archive, encoding: 'utf8' })

test('has the folder and the file, owned by root, with its mode', () => {
  const archive = tarOf({ path: '/run/fairlead/token', content: 'frt_x', mode: 0o444 })
  const lines = read(archive, '-tv', '--numeric-owner').trim().split('\n')
  expect(lines.map((line) => line.replace(/\s+/g, ' '))).toEqual([
    'drwxr-xr-x 0/0 0 1970-01-01 00:00 run/fairlead/',
    '-r--r--r-- 0/0 5 1970-01-01 00:00 run/fairlead/token',
  ])
})

test('preserves any content byte for byte', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 1500 }), (content) => {
      const archive = tarOf({ path: '/run/fairlead/token', content, mode: 0o444 })
      expect(archive.length % 512).toBe(0)
      expect(read(archive, '-xO', 'run/fairlead/token')).toBe(Buffer.from(content).toString('utf8'))
    }),
    { numRuns: 20 },
  )
})

test.each(['token', '/token', '/../etc/token', '/run//token', `/run/${'a'.repeat(100)}`])(
  'is rejected for the path %s',
  (path) => {
    expect(() => tarOf({ path, content: '', mode: 0o444 })).toThrow(TypeError)
  },
)
