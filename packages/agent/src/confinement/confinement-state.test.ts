import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { unconfined, type Confinement } from './confinement.ts'
import { keepMetadataState, readMetadataState, remembered } from './confinement-state.ts'

const never = new AbortController().signal
let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'fairlead-confinement-'))
})
afterEach(() => rm(stateDir, { recursive: true }))

test('`agent status` reports the result of each check before a start', async () => {
  let rule: 'holds' | 'is gone' = 'is gone'
  const confinement: Confinement = {
    ...unconfined,
    aim: 'refused',
    assertInForce: async () => {
      if (rule === 'is gone') throw problem('METADATA_EXPOSED')
    },
  }
  const start = remembered(confinement, (found) => keepMetadataState(stateDir, found))
  await expect(start.assertInForce(never)).rejects.toMatchObject({ code: 'METADATA_EXPOSED' })
  expect(await readMetadataState(stateDir)).toBe('open')
  rule = 'holds'
  await start.assertInForce(never)
  expect(await readMetadataState(stateDir)).toBe('refused')
})

test('a file that holds anything else says nothing', async () => {
  const near = fc.record({ metadata: fc.jsonValue() }).map((state) => JSON.stringify(state))
  const cut = fc.nat({ max: 22 }).map((length) => '{"metadata":"refused"}'.slice(0, length))
  await fc.assert(
    fc.asyncProperty(fc.oneof(near, cut, fc.string(), fc.json(), fc.uint8Array()), async (content) => {
      await writeFile(join(stateDir, 'workload-metadata.json'), content)
      expect(await readMetadataState(stateDir)).toBe(content === '{"metadata":"refused"}' ? 'refused' : null)
    }),
  )
})

test('also reports the result of the check after a start', async () => {
  const confinement: Confinement = {
    ...unconfined,
    aim: 'refused',
    assertInside: () => Promise.reject(problem('METADATA_EXPOSED')),
  }
  const start = remembered(confinement, (found) => keepMetadataState(stateDir, found))
  await start.assertInForce(never)
  await expect(start.assertInside(async () => 1, never)).rejects.toMatchObject({ code: 'METADATA_EXPOSED' })
  expect(await readMetadataState(stateDir)).toBe('open')
})

test('an engine that does not answer says nothing about the rule', async () => {
  const failing = { ...unconfined, assertInForce: () => Promise.reject(problem('ENGINE_UNREACHABLE')) }
  const kept: string[] = []
  const start = remembered(failing, async (found) => void kept.push(found))
  await expect(start.assertInForce(never)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
  expect(kept).toEqual([])
})

test('nothing is known if no agent has checked or the file belongs to another agent', async () => {
  expect(await readMetadataState(stateDir)).toBeNull()
  await writeFile(join(stateDir, 'workload-metadata.json'), '{"metadata":"fine"}')
  expect(await readMetadataState(stateDir)).toBeNull()
})
