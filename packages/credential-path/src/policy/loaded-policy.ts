/** The policy by which the agent that runs goes, told by a hash beside its state, so that `doctor` can compare it with the file as it is now. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomically } from '../process/atomic-file.ts'
import type { PolicyInForce } from './node-policy.ts'

const LoadedPolicy = z.object({
  file: z.string(),
  /** False where the defaults were in force without a file, and where an earlier version did not say. */
  exists: z.boolean().default(false),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type LoadedPolicy = z.infer<typeof LoadedPolicy>

const fileIn = (stateDir: string): string => join(stateDir, 'loaded-policy.json')

/** Of the settings, not of the text: a comment changes nothing. A proxy's password stays behind. */
export function loadedPolicy({ file, policy, given }: PolicyInForce): LoadedPolicy {
  const text = JSON.stringify(policy, (_, value: unknown) => (isMap(value) ? inOrder(value) : value))
  return { file, exists: given !== null, sha256: createHash('sha256').update(text).digest('hex') }
}

export const keepLoadedPolicy = (stateDir: string, loaded: LoadedPolicy): Promise<void> =>
  writeFileAtomically(fileIn(stateDir), JSON.stringify(loaded))

/** What the agent that started last had; null where nothing is known. */
export async function readLoadedPolicy(stateDir: string): Promise<LoadedPolicy | null> {
  try {
    return LoadedPolicy.parse(JSON.parse(await readFile(fileIn(stateDir), 'utf8')))
  } catch {
    return null
  }
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

const inOrder = (map: object): object =>
  Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)))
