/** Where this machine's packages come from, by what apt prints. */
import { expect, test } from 'vitest'
import { archiveIn } from './own-archive.ts'

const index = (archive: string, suite: string) => `'${archive}/dists/${suite}/InRelease' file_name 0 \n`
const packages = `'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' file_name 0 \n`

test('it is the one of the release, not what else has packages for it', () => {
  const printed = [
    index('https://tools.example/linux/debian', 'bookworm'),
    index('http://mirror.example/debian', 'bookworm'),
    index('http://mirror.example/debian', 'bookworm-updates'),
    index('http://mirror.example/debian-security', 'bookworm-security'),
    packages,
  ].join('')
  expect(archiveIn(printed, 'bookworm')).toBe('http://mirror.example/debian')
})

test('a machine that takes no updates has it under the release alone', () => {
  expect(archiveIn(index('http://mirror.example/debian', 'bookworm'), 'bookworm')).toBe('http://mirror.example/debian')
})

test('where there is none, there is none', () => {
  expect(archiveIn(index('https://tools.example', 'stable') + packages, 'bookworm')).toBeNull()
})
