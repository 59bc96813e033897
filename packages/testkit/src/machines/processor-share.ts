/** Gives the containers of all test engines the processors first, for work that cannot wait while other tests compute. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** All containers in one of these folders share the weight of a single process, whatever each of them asks for. */
const parents = ['docker', 'fairlead', 'k8s.io']

/** Version 1 of cgroups and version 2: a file that only its root has, the file of a weight, and the usual and the highest value of it. */
const hierarchies = [
  { root: '/sys/fs/cgroup/cpu', has: 'cpu.shares', file: 'cpu.shares', usual: '1024', most: '262144' },
  { root: '/sys/fs/cgroup', has: 'cgroup.subtree_control', file: 'cpu.weight', usual: '100', most: '10000' },
]

export interface ProcessorShare {
  readonly path: string
  readonly usual: string
  readonly most: string
}

/** The files that hold the weights on this host; none where engines have no weights to give. */
export async function processorShares(): Promise<ProcessorShare[]> {
  const hierarchy = hierarchies.find(({ root, has }) => existsSync(join(root, has)))
  if (hierarchy === undefined) return []
  const { root, file, usual, most } = hierarchy
  const shares = parents.map((parent) => ({ path: join(root, parent, file), usual, most }))
  for (const { path } of shares) await mkdir(dirname(path), { recursive: true })
  return shares.filter(({ path }) => existsSync(path))
}

/** For one caller at a time on a host. Afterwards the weights are what they were, or the usual ones if a killed process left the highest. */
export async function withContainersFirst<Result>(work: () => Promise<Result>): Promise<Result> {
  const shares = await processorShares()
  const before = await Promise.all(
    shares.map(async ({ path, usual, most }) => {
      const weight = (await readFile(path, 'utf8')).trim()
      return { path, weight: weight === most ? usual : weight }
    }),
  )
  await Promise.all(shares.map(({ path, most }) => writeFile(path, most)))
  try {
    return await work()
  } finally {
    await Promise.all(before.map(({ path, weight }) => writeFile(path, weight)))
  }
}
