/** Which build of an image a node runs. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptableVariants, chooseEntry, formatPlatform, runsOn } from './platform.ts'

function platform(text: string) {
  const [os = '', arch = '', variant = null] = text.split('/')
  return { os, arch, variant }
}

const entries = (...platforms: (string | null)[]) =>
  platforms.map((text, index) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${String(index).repeat(64)}`,
    size: 1,
    platform: text === null ? null : platform(text),
  }))

describe('from an index', () => {
  test.each([
    ['linux/amd64', ['linux/arm64', 'linux/amd64'], 1],
    ['linux/amd64', ['windows/amd64', null, 'unknown/unknown'], null],
    ['linux/amd64', ['linux/amd64/v3', 'linux/amd64'], 1],
    ['linux/amd64', ['linux/amd64/v3'], null],
    ['linux/amd64', ['linux/amd64', 'linux/amd64'], 0],
    ['linux/arm64', ['linux/arm', 'linux/arm64'], 1],
    ['linux/arm64/v8', ['linux/arm64', 'linux/arm64/v8'], 1],
    ['linux/arm64', ['linux/arm64/v9'], null],
    ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v6', 'linux/arm/v8'], 1],
    ['linux/arm/v6', ['linux/arm/v7', 'linux/arm/v6'], 1],
    ['linux/s390x', ['linux/s390x'], 0],
  ])('%s of %j', (node, offered, expected) => {
    const chosen = chooseEntry(entries(...offered), platform(node))
    expect(chosen).toEqual(expected === null ? null : entries(...offered)[expected])
  })

  test('whatever it offers, the chosen entry runs on the node, and no other entry is better or as good and earlier', () => {
    const arch = fc.constantFrom('amd64', 'arm', 'arm64', 's390x')
    const variant = fc.constantFrom(null, '', 'v6', 'v7', 'v8', 'x')
    const named = fc.record({ os: fc.constantFrom('linux', 'windows'), arch, variant })
    const offered = fc.array(fc.option(named), { minLength: 1, maxLength: 12, size: 'max' })
    const node = fc.record({
      os: fc.constant('linux'),
      arch,
      variant,
    })
    fc.assert(
      fc.property(offered, node, (platforms, here) => {
        const all = entries(...platforms.map(() => null)).map((entry, at) => ({
          ...entry,
          platform: platforms[at] ?? null,
        }))
        const rank = (at: number) => acceptableVariants(here).indexOf(all[at]?.platform?.variant ?? '')
        const runnable = all.flatMap(({ platform: its }, at) => {
          const isHere = its !== null && its.os === here.os && its.arch === here.arch
          return isHere && rank(at) !== -1 ? [at] : []
        })
        const [best] = runnable.toSorted((a, b) => rank(a) - rank(b) || a - b)
        expect(chooseEntry(all, here)).toBe(best === undefined ? null : all[best])
      }),
    )
  })

  test('S17: skips an index inside an index', () => {
    const [nested] = entries('linux/amd64')
    const index = { ...nested, mediaType: 'application/vnd.oci.image.index.v1+json' } as NonNullable<typeof nested>
    expect(chooseEntry([index], platform('linux/amd64'))).toBeNull()
  })
})

test('runs an image without a variant on arm64, and one for arm64 not on amd64', () => {
  expect(runsOn(platform('linux/arm64'), platform('linux/arm64/v8'))).toBe(true)
  expect(runsOn(platform('linux/arm64'), platform('linux/amd64'))).toBe(false)
})

test('writes a platform as people write it', () => {
  expect(formatPlatform(platform('linux/arm64/v8'))).toBe('linux/arm64/v8')
  expect(formatPlatform({ os: 'linux', arch: 'amd64', variant: '' })).toBe('linux/amd64')
})
