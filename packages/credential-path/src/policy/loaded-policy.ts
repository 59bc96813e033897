/** A hash of the running agent's policy, stored next to its state, so that `doctor` can compare it with the current file. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { printable } from '@fairlead/contract/problems'
import { z } from 'zod'
import { writeFileAtomically } from '../process/atomic-file.ts'
import type { PolicyInForce } from './node-policy.ts'

const LoadedPolicy = z.object({
  file: z.string(),
  /** False if the defaults were in force without a file, or if an earlier version did not record it. */
  exists: z.boolean().default(false),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type LoadedPolicy = z.infer<typeof LoadedPolicy>

const fileIn = (stateDir: string): string => join(stateDir, 'loaded-policy.json')

/** A hash of the settings, not the text: a comment changes nothing. Doors are left out: the agent reads them again by itself. */
export function loadedPolicy({ file, policy, given }: PolicyInForce): LoadedPolicy {
  const { doors: _, door_port: __, ...loadedOnce } = policy
  const text = JSON.stringify(loadedOnce, (_, value: unknown) => (isMap(value) ? inOrder(value) : value))
  return { file, exists: given !== null, sha256: createHash('sha256').update(text).digest('hex') }
}

export const keepLoadedPolicy = (stateDir: string, loaded: LoadedPolicy): Promise<void> =>
  writeFileAtomically(fileIn(stateDir), JSON.stringify(loaded))

/** The policy of the last started agent; null if unknown. */
export async function readLoadedPolicy(stateDir: string): Promise<LoadedPolicy | null> {
  try {
    return LoadedPolicy.parse(JSON.parse(await readFile(fileIn(stateDir), 'utf8')))
  } catch {
    return null
  }
}

/** A command uses the current file, but the running agent does the pulls of clusters. Null if it has these settings. */
export function notLoadedWarning(here: LoadedPolicy, running: LoadedPolicy | null) {
  if (running === null || running.sha256 === here.sha256) return null
  const isSameFile = running.file === here.file
  return {
    code: 'POLICY_NOT_LOADED' as const,
    what: isSameFile
      ? `the running agent uses other settings than ${printable(here.file)} has now, until it restarts`
      : `the running agent uses ${printable(running.file)}, which has other settings than ${printable(here.file)}, which was checked`,
    fix: isSameFile
      ? 'Restart the agent; containers keep running: systemctl restart fairlead-agent'
      : `Check the file that the agent uses: fairlead doctor --policy ${printable(running.file)}`,
  }
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

const inOrder = (map: object): object =>
  Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)))
