/** S26: no dependency runs code when installed, has other bytes than when it was chosen, or bypasses the registry. */
import { globSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { textOf } from '../rules/repository-texts.ts'
import { root } from '../setup/machine.mjs'

interface LockEntry {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: true
}
interface Manifest {
  readonly name: string
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

const packagesOf = (lock: string) => (JSON.parse(textOf(lock)) as { packages: Record<string, LockEntry> }).packages
const packages = packagesOf('package-lock.json')
const { workspaces, ...top } = JSON.parse(textOf('package.json')) as Manifest & { workspaces: string[] }
const manifests = [
  top,
  JSON.parse(textOf('site/package.json')) as Manifest,
  ...globSync(
    workspaces.map((pattern) => `${pattern}/package.json`),
    { cwd: root },
  ).map((path) => JSON.parse(textOf(path)) as Manifest),
]
const ours = new Set(manifests.map(({ name }) => name))
/** Anything that a dependency requires has an entry here; the documentation site has a lock file of its own. */
const installed = [...Object.entries(packages), ...Object.entries(packagesOf('site/package-lock.json'))].filter(
  ([path, { link }]) => path.startsWith('node_modules/') && link === undefined,
)

test('S26: install scripts are off', () => {
  for (const file of ['.npmrc', 'site/.npmrc']) expect(textOf(file).split('\n')).toContain('ignore-scripts=true')
})

describe('S26: the lock file', () => {
  test('has the hash of each package', () => {
    expect(installed.length).toBeGreaterThan(100)
    expect(installed.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))).toEqual([])
  })

  test('has a registry version for each, and no other source', () => {
    expect(installed.filter(([, { version }]) => !/^\d+\.\d+\.\d+(?:[-+][\w.-]+)?$/.test(version ?? ''))).toEqual([])
    expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })

  test('takes nothing from a folder except the packages of this repository', () => {
    const links = Object.keys(packages).filter((path) => packages[path]?.link)
    expect(links.filter((path) => !ours.has(path.replace('node_modules/', '')))).toEqual([])
  })
})

const pythonLocks = globSync(['packages/testkit/locks/*.txt', 'python/*/requirements/*.txt'], { cwd: root })

describe('S26: the lock of Python packages', () => {
  test.each(pythonLocks)('%s has a version and hashes for each, and nothing from git or a URL', (path) => {
    const entries = textOf(path).replaceAll('\\\n', ' ').trim().split('\n')
    const locked = /^[A-Za-z0-9._-]+(?:\[[\w,-]+\])?==[\w.!+-]+(?: ; [^#]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+\s*$/
    expect(entries.length).toBeGreaterThan(5)
    expect(entries.filter((entry) => !locked.test(entry))).toEqual([])
  })

  test('exists for each list that a person writes', () => {
    const lists = globSync(['packages/testkit/locks/*.in', 'python/*/requirements/*.in'], { cwd: root })
    expect(pythonLocks.toSorted()).toEqual(lists.map((path) => path.replace(/\.in$/, '.txt')).toSorted())
  })
})

test.each(manifests.map((manifest) => [manifest.name, manifest] as const))(
  'S26: %s asks for versions, and for nothing from git or a URL',
  (_, { dependencies, devDependencies, optionalDependencies }) => {
    const asked = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    expect(asked.filter(([, range]) => !/^\^?\d+\.\d+\.\d+$/.test(range))).toEqual([])
  },
)
