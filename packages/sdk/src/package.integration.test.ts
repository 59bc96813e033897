/** The published package as its users get it: packed, installed in an empty project, type-checked, and its README run against a control plane. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testControlPlane, type TestControlPlane } from '../../control-plane/src/testing/test-control-plane.ts'
import { tempDir } from '../../control-plane/src/testing/temp-dir.ts'
import { workAsWillingNode } from '../../control-plane/src/testing/willing-node.ts'
import { runCommand } from '../../testkit/src/command.ts'
import { inRepository } from '../../testkit/src/repository.ts'

const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom']
const dir = tempDir()
const project = join(dir.path, 'project')
let running: TestControlPlane
let work: Promise<void>
const end = new AbortController()

async function must(command: string, args: string[], cwd: string, env = process.env): Promise<string> {
  const { status, stdout, stderr } = await runCommand(command, args, { cwd, env, timeoutMs: 120_000 })
  expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' })
  return stdout
}

beforeAll(async () => {
  const built = join(dir.path, 'npm')
  await must(process.execPath, [inRepository('scripts/build-sdk.ts'), built], dir.path)
  const packed: Record<string, string> = {}
  for (const name of ['contract', 'sdk']) {
    const told = await must('npm', ['pack', '--json', '--pack-destination', dir.path], join(built, name))
    const [{ filename }] = JSON.parse(told) as [{ filename: string }]
    packed[`@fairlead/${name}`] = `file:../${filename}`
  }
  await mkdir(project)
  const zod = `file:${inRepository('node_modules/zod')}`
  const manifest = { type: 'module', dependencies: { ...packed, zod } }
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest))
  await must('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], project)

  running = await testControlPlane()
  const { admin, plane } = running
  const cloud = { name: 'prod', provider: 'aws', join: 'token', allow_any_secret: true }
  const made = (await admin.post('/clouds', cloud)).body.result
  work = workAsWillingNode(plane.origin, admin, made, end.signal)
}, 120_000)

afterAll(async () => {
  end.abort()
  await work
  dir[Symbol.dispose]()
  await running[Symbol.asyncDispose]()
})

describe('the published SDK', () => {
  test('has no Node code in it, and no dependency but the contract', async () => {
    const installed = join(project, 'node_modules/@fairlead')
    for (const name of ['sdk', 'contract']) {
      const files = (await readdir(join(installed, name, 'src'), { recursive: true })).filter((file) =>
        file.endsWith('.js'),
      )
      const texts = await Promise.all(files.map((file) => readFile(join(installed, name, 'src', file), 'utf8')))
      const imported = texts.flatMap((text) => [...text.matchAll(/from '([^'.][^']*)'/g)].map(([, from]) => from))
      const packages = imported.map((from) => from?.replace(/^(@fairlead\/contract)\/.*/, '$1'))
      expect(new Set(packages)).toEqual(new Set([name === 'sdk' ? '@fairlead/contract' : 'zod']))
    }
  })

  test('shows a sentence for each field of a model, whose type is that of the schema', async () => {
    const wire = join(project, 'node_modules/@fairlead/contract/src/wire')
    const files = (await readdir(wire)).filter((file) => file.endsWith('.d.ts'))
    const texts = await Promise.all(files.map((file) => readFile(join(wire, file), 'utf8')))
    const declared = /^export interface (\w+) \{\n {4}\/\*\* .+\. \*\/\n {4}\w+\??: z\.(infer|input)</gm
    const models = [...texts.join('\n').matchAll(declared)].map(([, name, kind]) => [
      name,
      `z.${kind}<typeof wire.${name}>`,
    ])
    const names = models.map(([name]) => name)
    expect(names).toEqual(expect.arrayContaining(['Build', 'Cloud', 'Cluster', 'CreateCluster', 'Node', 'PullRecord']))
    const both = models.map(([name, type]) => `export const both${name}: [Same<wire.${name}, ${type}>] = [true]`)
    const same = 'type Same<One, Other> = [One, Other] extends [Other, One] ? true : never'
    const imports = "import type { z } from 'zod'\nimport type * as wire from '@fairlead/contract/wire'"
    await writeFile(join(project, 'models.mts'), [imports, same, ...both].join('\n'))
    await must(inRepository('node_modules/.bin/tsc'), [...strict, 'models.mts'], project)
  })

  test('has a README that is one program, type-checks, and runs in plain JavaScript', async () => {
    const readme = await readFile(inRepository('packages/sdk/README.md'), 'utf8')
    const program = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code).join('\n')
    const typed = '\n// @ts-expect-error -- or nothing has a type\nconst wrong: number = build.status\nvoid wrong\n'
    await writeFile(join(project, 'readme.mts'), program + typed)
    await writeFile(join(project, 'readme.mjs'), program)
    const types = ['--typeRoots', inRepository('node_modules/@types'), '--types', 'node']
    await must(inRepository('node_modules/.bin/tsc'), [...strict, ...types, 'readme.mts'], project)
    const said = await must(process.execPath, ['readme.mjs'], project, {
      ...process.env,
      FAIRLEAD_HOST: running.plane.origin,
      FAIRLEAD_TOKEN: running.plane.adminToken ?? '',
    })
    expect(said).toMatch(/^succeeded sha256:/)
    for (const line of ['Running', 'ray://', 'node-1 online', 'cluster ses_', 'NAME_IN_USE', 'AbortError']) {
      expect(said).toContain(line)
    }
  })
})
