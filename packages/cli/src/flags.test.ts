/** What a flag takes. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rayClusterOwner } from './commands/pulls/ray-cluster-owner.ts'
import { wholeNumber } from './flags.ts'

test('a whole number within its bounds is read, and any other text says what is expected', () => {
  const bounds = fc
    .tuple(fc.nat({ max: 100_000 }), fc.nat({ max: 100_000 }))
    .map((two) => two.toSorted((a, b) => a - b))
  const text = fc.oneof(
    fc.nat({ max: 200_000 }).map(String),
    fc.string(),
    fc.constantFrom('', '1e3', '0x1', '+1', ' 1', '1\n', '1.0', '1'.repeat(2 ** 20)),
  )
  fc.assert(
    fc.property(bounds, text, ([least = 0, most = 0], typed) => {
      const isOne = /^\d{1,9}$/.test(typed) && Number(typed) >= least && Number(typed) <= most
      const read = () => wholeNumber(least, most)(typed)
      const said = isOne ? `${read()}` : messageOf(read)
      expect(said).toBe(isOne ? `${Number(typed)}` : `expected a whole number from ${least} to ${most}`)
    }),
  )
})

function messageOf(read: () => unknown): string {
  try {
    return String(read())
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

test('a RayCluster is a namespace and a name, and any other text says what is expected', async () => {
  const label = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/)
  await fc.assert(
    fc.asyncProperty(label, label, async (namespace, name) => {
      expect(await rayClusterOwner(`${namespace}/${name}`)).toBe(`${namespace}/RayCluster/${name}`)
    }),
  )
  const part = fc.constantFrom('/', 'team', '..', ' ', 'A', '\n', '')
  const other = fc.oneof(
    fc.string(),
    fc.string({ unit: part }),
    fc.constantFrom('team/train/', 'team/train/2', '/'.repeat(2 ** 20)),
  )
  await fc.assert(
    fc.asyncProperty(other, async (typed) => {
      fc.pre(!/^[a-z0-9-]{1,63}\/[a-z0-9.-]{1,253}$/.test(typed))
      await expect(rayClusterOwner(typed)).rejects.toThrow('expected NAMESPACE/NAME, such as team/train')
    }),
  )
})
