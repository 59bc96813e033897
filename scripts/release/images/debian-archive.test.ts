import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { archiveAt, archiveOfMachine } from './debian-archive.ts'

describe('the archive that the environment names', () => {
  test('has its security updates next to it', () => {
    expect(archiveAt('http://mirror.example/debian/')).toEqual({
      packages: 'http://mirror.example/debian',
      security: 'http://mirror.example/debian-security',
      isSnapshot: false,
    })
  })

  test('may be a snapshot', () => {
    expect(archiveAt('https://old.example/archive/debian/20261101T000000Z')).toEqual({
      packages: 'https://old.example/archive/debian/20261101T000000Z',
      security: 'https://old.example/archive/debian-security/20261101T000000Z',
      isSnapshot: true,
    })
  })

  test('is none if the variable is empty', () => {
    expect(archiveAt('')).toBeNull()
  })

  // It becomes a word of a list of sources.
  test.each([
    'mirror.example/debian',
    'http://mirror.example',
    'http://a/debian main',
    'http://a/debian\ndeb b/debian',
  ])('is refused as %j', (given) => {
    expect(() => archiveAt(given)).toThrow('FAIRLEAD_DEBIAN_ARCHIVE is not a URL')
  })

  test('is one word, or refused', () => {
    const words = fc.array(fc.constantFrom('http://', 'a', '/debian', '/20261101T000000Z', ' ', '\n', ']', '/'))
    fc.assert(
      fc.property(words, (some) => {
        let archive
        try {
          archive = archiveAt(some.join(''))
        } catch {
          return
        }
        for (const url of archive === null ? [] : [archive.packages, archive.security])
          expect(url).toMatch(/^[^\s\]]+$/)
      }),
    )
  })
})

describe('the archive of the machine', () => {
  const debian = 'ID=debian\nVERSION_CODENAME="bookworm"\n'
  const index = (archive: string, suite: string) => `'${archive}/dists/${suite}/InRelease' file_name 0 \n`
  const printed = [
    index('https://tools.example/linux/debian', 'bookworm'),
    index('http://mirror.example/debian', 'bookworm'),
    index('http://mirror.example/debian', 'bookworm-updates'),
    index('http://secure.example/debian-security', 'bookworm-security'),
  ].join('')

  test('is Debian’s own, not what else has packages for the release', () => {
    expect(archiveOfMachine(debian, printed)).toEqual({
      packages: 'http://mirror.example/debian',
      security: 'http://secure.example/debian-security',
      isSnapshot: false,
    })
  })

  test.each([
    ['Ubuntu', 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=bookworm\n', printed],
    ['a machine without sources', debian, ''],
  ])('does not exist on %s, and the variable is named', (_, osRelease, uris) => {
    expect(() => archiveOfMachine(osRelease, uris)).toThrow('set FAIRLEAD_DEBIAN_ARCHIVE')
  })
})
