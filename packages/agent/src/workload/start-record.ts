/** What must be known about a start after a crash and is not in Docker: whether Ray was up, and whether the start is over. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ClusterId } from '@fairlead/contract/names'
import { Problem, ReportedProblem } from '@fairlead/contract/problems'
import { z } from 'zod'
import { writeFileAtomically } from '@fairlead/credential-path/process/atomic-file'
import { sameStart, type Start } from './start.ts'

export interface StartRecord {
  readonly start: Start
  /** Ray has listed this node as alive: an exit from now on is that of a running cluster. */
  readonly wasUp: boolean
  readonly failure: Problem | null
}

export interface StartRecords {
  /** For this start; null if none was written. */
  read(start: Start): Promise<StartRecord | null>
  write(record: StartRecord): Promise<void>
}

const File = z.strictObject({
  version: z.literal(1),
  cluster_id: ClusterId,
  generation: z.int().positive(),
  was_up: z.boolean(),
  failure: ReportedProblem.nullable(),
})

const fileIn = (stateDir: string) => join(stateDir, 'start.json')

/** One file, for one workload at a time. */
export function startRecordsIn(stateDir: string): StartRecords {
  return {
    async read(start) {
      const record = await readLastStart(stateDir)
      return record !== null && sameStart(record.start, start) ? record : null
    },
    async write({ start, wasUp, failure }) {
      const file = {
        version: 1,
        cluster_id: start.clusterId,
        generation: start.generation,
        was_up: wasUp,
        failure: failure?.toReport() ?? null,
      }
      await writeFileAtomically(fileIn(stateDir), `${JSON.stringify(file)}\n`)
    },
  }
}

/** A damaged file counts as missing: the start is then judged by its container. */
export async function readLastStart(stateDir: string): Promise<StartRecord | null> {
  const file = File.safeParse(await readJson(fileIn(stateDir)))
  if (!file.success) return null
  const { cluster_id, generation, was_up, failure } = file.data
  return {
    start: { clusterId: cluster_id, generation },
    wasUp: was_up,
    failure: failure === null ? null : Problem.fromReport(failure),
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return null
  }
}
