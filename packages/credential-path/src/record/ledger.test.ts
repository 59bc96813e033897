import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId, type NodeId } from '@fairlead/contract/names'
import { chainStart, PullRecord } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseLedgerEntry, type ImageProof } from './ledger-entry.ts'
import { Ledger } from './ledger.ts'
import { continuesChain } from '../testing/continues-chain.ts'
import { emptyChain, type UnchainedRecord } from './record-chain.ts'

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

/** The records of all files, the oldest first. */
async function recordsIn(folder: string): Promise<readonly PullRecord[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).toSorted()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  const entries = texts.flatMap((text) => text.split('\n').map(parseLedgerEntry))
  return entries.flatMap((entry) => (entry?.kind === 'record' ? [entry.record] : []))
}

/** Whether they are one chain from its start, unaltered. */
async function isChain(folder: string): Promise<boolean> {
  const records = await recordsIn(folder)
  return records.every((one, index) => continuesChain(one, records[index - 1] ?? emptyChain))
}

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
    expect(await isChain(folder)).toBe(true)
  })

  test('chains records that say how far their login got to older ones that do not', async () => {
    const older = await withLedger((ledger) => ledger.append(record()))
    const newer = await withLedger((ledger) => ledger.append({ ...record(), login: 'accepted' }))
    expect([older, newer].map((one) => 'login' in PullRecord.parse(one))).toEqual([false, true])
    expect(continuesChain(older, emptyChain) && continuesChain(newer, older)).toBe(true)
    expect(continuesChain({ ...newer, login: 'matched' }, older)).toBe(false)
    expect(continuesChain({ ...older, login: 'matched' }, emptyChain)).toBe(false)
    expect(await isChain(folder)).toBe(true)
  })

  test('forms one chain from records added concurrently', async () => {
    const records = await withLedger((ledger) => Promise.all(Array.from({ length: 10 }, () => ledger.append(record()))))
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(await isChain(folder)).toBe(true)
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
    expect(await isChain(folder)).toBe(true)
  })

  test('breaks its chain at an altered record', async () => {
    const { hash, ...rest } = await withLedger((ledger) => ledger.append(record()))
    expect(await isChain(folder)).toBe(true)
    expect(continuesChain({ ...rest, decision: 'refused', hash }, emptyChain)).toBe(false)
    await writeFile(file, (await readFile(file, 'utf8')).replace('"authenticated"', '"refused"'))
    expect(await isChain(folder)).toBe(false)
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
    expect(after.proofOf(where, proof.digest)).toEqual(proof)
    expect((await readFile(file, 'utf8')).match(/"kind":"record"/g)).toHaveLength(3)
    await using again = await Ledger.open(folder, second)
    expect(again.unacknowledged(9)).toEqual([begun])
    expect((await again.append(of(second))).previous_hash).toBe(begun.hash)
  })

  test('also chains in memory, and leaves no file', async () => {
    await using ledger = await Ledger.open(null)
    await ledger.append(record())
    expect((await ledger.append(record())).sequence).toBe(2)
  })
})

describe('a long ledger', () => {
  const node_id = newId('node')
  const of = (node: NodeId | null = node_id) => ({ ...record(), node_id: node })
  /** By a line that counts for nothing, as if many pulls had been recorded. */
  const lengthen = () => appendFile(file, `${'x'.repeat(5_000_000)}\n`)
  const files = async () => (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))

  test('goes on in another file: what counts is there, and every record stays', async () => {
    {
      await using ledger = await Ledger.open(folder, node_id)
      ledger.acknowledge([await ledger.append(of())])
      await ledger.prove([pair], proof)
      await ledger.append(of())
      await lengthen()
      await ledger.append(of())
      await ledger.append(of())
    }
    expect(await files()).toHaveLength(2)
    expect((await stat(file)).size).toBeLessThan(10_000)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await using ledger = await Ledger.open(folder, node_id)
    expect((await ledger.append(of())).sequence).toBe(5)
    expect(ledger.unacknowledged(9).map(({ sequence }) => sequence)).toEqual([2, 3, 4, 5])
    expect(ledger.proofOf(where, proof.digest)).toEqual(proof)
    expect(ledger.hasLayer(where, pair)).toBe(true)
    expect(await isChain(folder)).toBe(true)
  })

  test('is followed into the next file by every process', async () => {
    await using agent = await Ledger.open(folder, node_id)
    await agent.append(of())
    await using other = await Ledger.open(folder)
    await other.append(of(null))
    await lengthen()
    await other.append(of(null))
    await agent.append(of())
    await other.append(of(null))
    expect(await files()).toHaveLength(2)
    expect(agent.unacknowledged(9).map(({ sequence }) => sequence)).toEqual([1, 2])
    const records = await recordsIn(folder)
    expect(records.filter((one) => one.node_id === null).map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    expect(records.filter((one) => one.node_id === node_id).map(({ sequence }) => sequence)).toEqual([1, 2])
  })

  test('stays one file while most of it still counts', async () => {
    await using ledger = await Ledger.open(folder, node_id)
    const pairs = Array.from({ length: 20_000 }, (_, index) => ({
      layer: `sha256:${index.toString(16).padStart(64, '0')}`,
      diffId: digest('b'),
    }))
    await ledger.prove(pairs, proof)
    await ledger.append(of())
    expect(await files()).toEqual(['pulls.jsonl'])
  })

  test('is read whatever its length, even with a line longer than what is read at once', async () => {
    await withLedger((ledger) => ledger.append(record()))
    await appendFile(file, `${'x'.repeat(9_000_000)}\n`)
    await withLedger((ledger) => ledger.append(record()))
    await appendFile(file, 'x'.repeat(9_000_000))
    expect((await withLedger((ledger) => ledger.append(record()))).sequence).toBe(3)
    expect(await isChain(folder)).toBe(true)
  })

  test('goes on in another file even if a crash left half of one', async () => {
    await using ledger = await Ledger.open(folder, node_id)
    await ledger.append(of())
    await writeFile(`${file}.new`, '{"kind":"checkpoint","heads":[')
    await lengthen()
    await ledger.append(of())
    expect(await files()).toHaveLength(2)
    expect((await ledger.append(of())).sequence).toBe(3)
    expect(await isChain(folder)).toBe(true)
  })

  test('stays as it is if no other file can begin', async () => {
    await using ledger = await Ledger.open(folder, node_id)
    await mkdir(`${file}.new/in-the-way`, { recursive: true })
    await lengthen()
    await ledger.append(of())
    expect((await ledger.append(of())).sequence).toBe(2)
    expect(await files()).toEqual(['pulls.jsonl'])
  })
})

describe('a ledger whose file is taken away while it is in use, as a log would be', () => {
  const node = newId('node')

  test.each([
    ['emptied', () => truncate(file)],
    ['removed', () => rm(file)],
    ['moved', () => rename(file, `${file}.1`)],
  ])('%s: writes again what counts, and continues the chain', async (_, takeAway) => {
    let records: readonly PullRecord[] = []
    {
      await using ledger = await Ledger.open(folder, node)
      const first = await ledger.append({ ...record(), node_id: node })
      await ledger.prove([pair], proof)
      await takeAway()
      records = [first, await ledger.append({ ...record(), node_id: node })]
    }
    await using ledger = await Ledger.open(folder, node)
    expect(ledger.unacknowledged(10)).toEqual(records)
    expect(ledger.proofOf(where, proof.digest)).toEqual(proof)
    const { sequence, previous_hash } = await ledger.append({ ...record(), node_id: node })
    expect({ sequence, previous_hash }).toEqual({ sequence: 3, previous_hash: records[1]?.hash })
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
        const next = await withLedger((ledger) => ledger.append(record()))
        expect(await isChain(folder)).toBe(true)
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
