/** What a start of each program reads before it does anything: a library more is time of every start, and memory of a process that stays. */
import { readFile } from 'node:fs/promises'
import type { OutputChunk } from 'rolldown'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBundle } from './bundle.ts'
import { inRepository, programs } from './programs.ts'

let chunks: readonly OutputChunk[]
beforeAll(async () => {
  await using bundle = await openBundle(programs)
  const { output } = await bundle.generate({ format: 'esm' })
  chunks = output.filter((file) => file.type === 'chunk')
}, 60_000)

describe('the fairlead command', () => {
  test('prints help with nothing loaded but the command line itself', () => {
    const others = loadedWith('packages/cli/src/bin.ts').filter((file) => !/packages\/cli\/|@stricli\/core/.test(file))
    expect(others.toSorted()).toEqual([
      'packages/contract/src/release.ts',
      'packages/credential-path/src/process/home-folder.mjs',
    ])
  })

  test.each(['agent/status', 'agent/logs', 'cluster/list', 'cluster-env/lint', 'door/list', 'explain/image'])(
    'starts `%s` without the libraries of those who pull, serve and talk to clouds',
    (command) => {
      const heavy = /^(?:@aws-sdk|@smithy|@peculiar|google-auth-library|hono|jose|pino|prom-client)/
      expect(packagesOf(`packages/cli/src/commands/${command}.ts`).filter((name) => heavy.test(name))).toEqual([])
    },
  )

  test.each(['cluster-env/lint', 'explain/image', 'explain/problem'])(
    'answers `%s`, which asks nobody, without the library of schemas',
    (command) => {
      const loaded = packagesOf(`packages/cli/src/commands/${command}.ts`)
      expect(['cli', 'config-file', 'contract', 'credential-path', 'yaml']).toEqual(expect.arrayContaining([...loaded]))
    },
  )

  test.each([
    'cluster/start',
    'cluster-env/build',
    'cloud/create',
    'node/list',
    'pulls/list',
    'login/login',
    'whoami/whoami',
  ])('asks the control plane in `%s` with nothing loaded that only a node or a control plane needs', (command) => {
    const needed = ['cli', 'config-file', 'contract', 'credential-path', 'sdk', 'yaml', 'zod']
    expect(needed).toEqual(expect.arrayContaining([...packagesOf(`packages/cli/src/commands/${command}.ts`)]))
  })

  test.each(['cluster/list', 'cluster-env/list', 'node/list', 'pulls/show', 'whoami/whoami'])(
    'sends what it asks in `%s` before it makes the schema of the answer',
    async (command) => {
      const own = loadedWith(`packages/cli/src/commands/${command}.ts`).filter((file) =>
        file.startsWith('packages/contract/'),
      )
      const texts = await Promise.all(own.map((file) => readFile(inRepository(file), 'utf8')))
      expect(own.filter((_, index) => texts[index]?.includes("from 'zod'"))).toEqual([])
    },
  )

  test.each(['admin/backup', 'admin/restore', 'admin/verify'])(
    'reads and writes a database in `%s` with nothing loaded that only a server needs',
    (command) => {
      const needed = ['cli', 'contract', 'control-plane', 'kysely', 'zod']
      expect(packagesOf(`packages/cli/src/commands/${command}.ts`)).toEqual(needed)
    },
  )
})

test('what Docker and the kubelet start asks an agent with no library loaded', () => {
  expect(packagesOf('packages/doors/src/docker-credential/main.ts')).toEqual(['credential-path', 'doors'])
  expect(packagesOf('packages/doors/src/kubelet/main.ts')).toEqual(['credential-path', 'doors'])
})

/** The packages from which modules are loaded together with one. */
function packagesOf(path: string): readonly string[] {
  const found = loadedWith(path).map((file) => /^packages\/([^/]+)|node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file))
  return [...new Set(found.flatMap((match) => match?.[1] ?? match?.[2] ?? []))].toSorted()
}

/** The modules in the files that are read when the program loads this one, without those that it loads later. */
function loadedWith(path: string): readonly string[] {
  const found = chunks.find((chunk) => chunk.facadeModuleId === inRepository(path))
  if (found === undefined) throw new Error(`nothing loads ${path}`)
  const files = new Set([found.fileName])
  // A set also visits what is added meanwhile.
  for (const file of files) for (const next of chunkNamed(file)?.imports ?? []) files.add(next)
  return [...files].flatMap((file) => chunkNamed(file)?.moduleIds ?? []).map((id) => id.replace(inRepository(''), ''))
}

const chunkNamed = (name: string) => chunks.find((chunk) => chunk.fileName === name)
