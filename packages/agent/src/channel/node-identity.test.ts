/** The file of a node's identity: read back as it was written, or refused without repeating its key. */
import { chmod, readFile, truncate, writeFile } from 'node:fs/promises'
import { newId } from '@fairlead/contract/names'
import { isProblem, tooLarge } from '@fairlead/contract/problems'
import { newFolder } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { identityFile, loadIdentity, saveIdentity, type NodeIdentity } from './node-identity.ts'
import { makeNodeKey } from './node-key.ts'

let stateDir: string
beforeEach(() => {
  stateDir = newFolder('identity')
})

const key = makeNodeKey()
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
const identity: fc.Arbitrary<NodeIdentity> = fc.record({
  nodeId: fc.constant(newId('node')),
  cloudId: fc.constant(newId('cld')),
  name,
  provider: fc.constantFrom('aws', 'gcp', 'local'),
  checker: fc.boolean(),
  cloud: fc.option(name),
  podToken: fc.option(fc.string({ minLength: 1 })),
  host: fc.webUrl(),
  origin: fc.webUrl(),
  caPem: fc.option(fc.string({ unit: 'grapheme' })),
  hostUser: fc.option(fc.nat()),
  key: fc.constant(key),
})
const shown = ({ key: its, ...rest }: NodeIdentity) => ({ ...rest, key: [its.publicKey, its.exportPrivate()] })

test('it is read back as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(identity, async (written) => {
      await saveIdentity(stateDir, written)
      const found = await loadIdentity(stateDir)
      expect(found && shown(found)).toEqual(shown(written))
    }),
    { numRuns: 30 },
  )
})

test('S5: a file that was cut off, or holds anything else, is refused, and its key is not repeated', async () => {
  const [some] = fc.sample(identity, 1)
  await saveIdentity(stateDir, some!)
  const path = identityFile(stateDir)
  const whole = await readFile(path, 'utf8')
  const fields = JSON.parse(whole) as object
  const cut = fc.nat({ max: whole.trimEnd().length - 1 }).map((length) => whole.slice(0, length))
  const changed = fc
    .tuple(fc.constantFrom(...Object.keys(fields), 'more'), fc.constantFrom<unknown>({}, [], 7.5, '', 'x'.repeat(5000)))
    .filter(([field]) => field !== 'ca_pem')
    .map(([field, value]) => JSON.stringify({ ...fields, [field]: value }))
  await fc.assert(
    fc.asyncProperty(fc.oneof(cut, changed, fc.string(), fc.json(), fc.uint8Array()), async (content) => {
      await writeFile(path, content)
      const error: unknown = await loadIdentity(stateDir).catch((it: unknown) => it)
      expect(isProblem(error, 'AGENT_STATE_UNREADABLE')).toBe(true)
      expect(JSON.stringify(error)).not.toContain(key.exportPrivate().slice(0, 20))
    }),
  )
})

test('S9: a file of 256 KiB is read, and not of one byte more', async () => {
  const path = identityFile(stateDir)
  await writeFile(path, '', { mode: 0o600 })
  await truncate(path, 256 * 1024)
  await expect(loadIdentity(stateDir)).rejects.toMatchObject({ facts: { reason: 'it is not JSON' } })
  await truncate(path, 256 * 1024 + 1)
  await expect(loadIdentity(stateDir)).rejects.toMatchObject({
    facts: { reason: tooLarge(256 * 1024 + 1, 256 * 1024) },
  })
  await chmod(path, 0o640)
  await expect(loadIdentity(stateDir)).rejects.toMatchObject({ facts: { reason: expect.stringContaining('chmod') } })
})
