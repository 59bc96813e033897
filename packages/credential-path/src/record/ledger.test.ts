import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId, type NodeId } from '@fairlead/contract/names'
import { chainStart, PullRecord } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ImageProof } from './ledger-entry.ts'
import { Ledger } from './ledger.ts'
import { continuesChain, emptyChain, type UnchainedRecord } from './record-chain.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-ledger-'))
  file = join(folder, 'pulls.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

const digest = (character: string): string => `sha256:${character.repeat(64)}`
const where = { registry: 'registry.example.com', repository: 'team/app' }
const pair = { layer: digest('a'), diffId: digest('b') }
const proof: ImageProof = {
  ...where,
  digest: digest('c'),
  platform: 'linux/amd64',
  sizeBytes: 5,
  imageId: digest('d'),
  secret: 'login',
  secretVersion: 'v1',
  at: new Date().toISOString(),
}
const record = (): UnchainedRecord => ({
  id: newId('pull'),
  node_id: null,
  purpose: 'once',
  cluster_id: null,
  build_id: null,
  image: 'registry.example.com/team/app:1',
  ...where,
  digest: digest('c'),
  secret_reference: 'login',
  secret_version: 'v1',
  decision: 'authenticated',
  code: null,
  bytes: 5,
  total_bytes: 5,
  started_at: new Date().toISOString(),
  duration_ms: 1.25,
  steps: [],
})

/** Opens, uses and closes. */
async function withLedger<Result>(use: (ledger: Ledger) => Promise<Result> | Result): Promise<Result> {
  await using ledger = await Ledger.open(folder)
  return await use(ledger)
}

describe('the ledger', () => {
  test('chains its records, even across restarts', async () => {
    const first = await withLedger((ledger) => ledger.append(record()))
    const second = await withLedger((ledger) => ledger.append(record()))
    expect([first.sequence, first.previous_hash, second.sequence, second.previous_hash]).toEqual([
      1,
      chainStart,
      2,
      first.hash,
    ])
    expect(PullRecord.parse(second)).toEqual(second)
    expect(continuesChain(second, first) && continuesChain(first, emptyChain)).toBe(true)
    expect(await withLedger((ledger) => ledger.intact)).toBe(true)
  })

  test('chains records that say how far their login got to older ones that do not', async () => {
    const older = await withLedger((ledger) => ledger.append(record()))
    const newer = await withLedger((ledger) => ledger.append({ ...record(), login: 'accepted' }))
    expect([older, newer].map((one) => 'login' in PullRecord.parse(one))).toEqual([false, true])
    expect(continuesChain(older, emptyChain) && continuesChain(newer, older)).toBe(true)
    expect(continuesChain({ ...newer, login: 'matched' }, older)).toBe(false)
    expect(continuesChain({ ...older, login: 'matched' }, emptyChain)).toBe(false)
    expect(await withLedger((ledger) => ledger.intact)).toBe(true)
  })

  test('forms one chain from records added concurrently', async () => {
    const records = await withLedger((ledger) => Promise.all(Array.from({ length: 10 }, () => ledger.append(record()))))
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(await withLedger((ledger) => ledger.intact)).toBe(true)
  })

  test('stays one chain when two processes write to it', async () => {
    await using one = await Ledger.open(folder)
    await using other = await Ledger.open(folder)
    const records = await Promise.all(
      Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? one : other).append(record())),
    )
    expect(records.map(({ sequence }) => sequence).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
    await one.prove([pair], proof)
    await other.append(record())
    expect(other.proofOf(where, proof.digest)).toEqual(proof)
    expect(await withLedger((ledger) => ledger.intact)).toBe(true)
  })

  test('breaks its chain at an altered record', async () => {
    const { hash, ...rest } = await withLedger((ledger) => ledger.append(record()))
    expect(continuesChain({ ...rest, decision: 'refused', hash }, emptyChain)).toBe(false)
    await writeFile(file, (await readFile(file, 'utf8')).replace('"authenticated"', '"refused"'))
    expect(await withLedger((ledger) => ledger.intact)).toBe(false)
  })

  test('cannot be read by other users', async () => {
    await withLedger((ledger) => ledger.append(record()))
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('keeps what was proved, for this registry and repository only', async () => {
    await withLedger((ledger) => ledger.prove([pair], proof))
    await withLedger((ledger) => {
      expect(ledger.proofOf(where, proof.digest)).toEqual(proof)
      expect(ledger.hasLayer(where, pair)).toBe(true)
      const elsewhere = { ...where, repository: 'evil/app' }
      expect(ledger.proofOf(elsewhere, proof.digest)).toBeNull()
      expect(ledger.hasLayer(elsewhere, pair)).toBe(false)
      expect(ledger.hasLayer({ ...where, registry: 'evil.example.com' }, pair)).toBe(false)
      expect(ledger.hasLayer(where, { layer: pair.layer, diffId: digest('e') })).toBe(false)
    })
  })

  test('returns the newest proof', async () => {
    const newer = { ...proof, secretVersion: 'v2' }
    await withLedger(async (ledger) => {
      await ledger.prove([], proof)
      await ledger.prove([], newer)
    })
    expect(await withLedger((ledger) => ledger.proofOf(where, proof.digest))).toEqual(newer)
  })

  test('reports each record until it is acknowledged, the oldest first', async () => {
    await withLedger(async (ledger) => {
      const records = [await ledger.append(record()), await ledger.append(record()), await ledger.append(record())]
      expect(ledger.unacknowledged(2)).toEqual(records.slice(0, 2))
      ledger.acknowledge(records.slice(0, 2))
      ledger.acknowledge(records.slice(0, 1))
      expect(ledger.unacknowledged(9)).toEqual(records.slice(2))
    })
    expect(await withLedger((ledger) => ledger.unacknowledged(9).map(({ sequence }) => sequence))).toEqual([3])
  })

  test('starts a new chain when a machine joins again; records of its earlier node remain but are no longer reported', async () => {
    const [first, second] = [newId('node'), newId('node')]
    const of = (node_id: NodeId) => ({ ...record(), node_id })
    {
      await using before = await Ledger.open(folder, first)
      await before.append(of(first))
      await before.append(of(first))
      await before.prove([pair], proof)
    }
    await using after = await Ledger.open(folder, second)
    expect(after.unacknowledged(9)).toEqual([])
    const begun = await after.append(of(second))
    expect([begun.sequence, begun.previous_hash]).toEqual([1, chainStart])
    expect(after.unacknowledged(9)).toEqual([begun])
    expect(after.intact).toBe(true)
    expect(after.proofOf(where, proof.digest)).toEqual(proof)
    expect((await readFile(file, 'utf8')).match(/"kind":"record"/g)).toHaveLength(3)
    await using again = await Ledger.open(folder, second)
    expect(again.intact).toBe(true)
    expect(again.unacknowledged(9)).toEqual([begun])
  })

  test('also chains in memory, and leaves no file', async () => {
    await using ledger = await Ledger.open(null)
    await ledger.append(record())
    expect((await ledger.append(record())).sequence).toBe(2)
  })
})

describe('after a crash', () => {
  test('at any byte of the last line, keeps what was reported before, and continues the chain', async () => {
    const [first, second] = await withLedger(async (ledger) => [
      await ledger.append(record()),
      await ledger.append(record()),
    ])
    const whole = await readFile(file)
    const firstLine = whole.indexOf('\n') + 1
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: firstLine, max: whole.length - 1 }), async (length) => {
        await writeFile(file, whole)
        await truncate(file, length)
        const next = await withLedger((ledger) => {
          expect(ledger.intact).toBe(true)
          return ledger.append(record())
        })
        expect([next.sequence, next.previous_hash]).toEqual([2, first?.hash])
      }),
      { numRuns: 25 },
    )
    expect(second?.sequence).toBe(2)
  })

  test.for(['not json', '{}', '{"kind":"image"}', '{"kind":"later-version","x":1}', ''])(
    'ignores a line %j, which proves nothing and stops nothing',
    async (line) => {
      const first = await withLedger((ledger) => ledger.append(record()))
      await appendFile(file, `${line}\n`)
      expect((await withLedger((ledger) => ledger.append(record()))).previous_hash).toBe(first.hash)
    },
  )

  test('opens whatever the file holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        await writeFile(file, bytes)
        expect((await withLedger((ledger) => ledger.append(record()))).sequence).toBe(1)
      }),
      { numRuns: 20 },
    )
  })
})
