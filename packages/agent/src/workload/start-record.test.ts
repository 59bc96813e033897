/** What is remembered of a start, after a crash at any byte. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { newFolder } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { readLastStart, startRecordsIn, type StartRecord } from './start-record.ts'

let stateDir: string
beforeEach(() => {
  stateDir = newFolder('start-record')
})

const record = fc.record({
  start: fc.record({ clusterId: fc.constant(newId('ses')), generation: fc.integer({ min: 1, max: 2 ** 31 }) }),
  wasUp: fc.boolean(),
  failure: fc.constantFrom(null, problem('RAY_START_TIMEOUT', { seconds: 5 }), problem('NODE_DISK_FULL')),
})
const summary = (found: StartRecord | null) => found && { ...found, failure: found.failure?.toReport() ?? null }

test('it is read back as it was written, for its own start alone', async () => {
  await fc.assert(
    fc.asyncProperty(record, async (written) => {
      const records = startRecordsIn(stateDir)
      await records.write(written)
      expect(summary(await records.read(written.start))).toEqual(summary(written))
      expect(await records.read({ ...written.start, generation: written.start.generation + 1 })).toBeNull()
    }),
    { numRuns: 30 },
  )
})

test('a file that was cut off, or holds anything else, counts as missing', async () => {
  const path = join(stateDir, 'start.json')
  const whole = `{"version":1,"cluster_id":"${newId('ses')}","generation":1,"was_up":true,"failure":null}`
  await writeFile(path, whole)
  expect(await readLastStart(stateDir)).toMatchObject({ wasUp: true })
  const cut = fc.nat({ max: whole.length - 1 }).map((length) => whole.slice(0, length))
  const fields = JSON.parse(whole) as object
  const changed = fc
    .tuple(fc.constantFrom(...Object.keys(fields), 'more'), fc.constantFrom<unknown>({}, [], 7.5, 0, '', 'x'))
    .map(([field, value]) => JSON.stringify({ ...fields, [field]: value }))
  const other = fc.oneof(cut, changed, fc.string(), fc.json(), fc.uint8Array())
  await fc.assert(
    fc.asyncProperty(other, async (content) => {
      await writeFile(path, content)
      expect(await readLastStart(stateDir)).toBeNull()
    }),
  )
})
