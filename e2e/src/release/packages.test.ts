/** The npm packages, the wheel and the source distribution, installed in empty folders without a network and used together. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ensurePythonEnvironment,
  inLog,
  inRepository,
  lockFile,
  mustRun,
  newFolder,
  runCommand,
  startService,
  untilReady,
  type Service,
} from '@fairlead/testkit'
import { version } from '@fairlead/contract/release'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pythonVersion } from '../../../scripts/release/version-places.ts'
import { newestPython, sdkEnvironment } from '../../../scripts/setup/python-environments.mjs'
import { artefact, artefacts } from './artefacts.ts'

const parts = new AsyncDisposableStack()
let project: string
let serve: Service
let origin: string
let token: string

const program = (): string => join(project, 'node_modules/.bin/fairlead')
const environment = () => ({ PATH: process.env['PATH'] ?? '', HOME: newFolder('home'), NO_COLOR: '1' })

beforeAll(async () => {
  project = newFolder('project')
  const packed = await Promise.all(
    ['cli', 'sdk', 'contract'].map((name) => artefact(new RegExp(`^fairlead-${name}-.*tgz$`))),
  )
  const dependencies = Object.fromEntries(
    ['@fairlead/cli', '@fairlead/sdk', '@fairlead/contract'].map((name, index) => [name, `file:${packed[index]}`]),
  )
  // The contract's only dependency, which a user's npm would fetch.
  const zod = `file:${inRepository('node_modules/zod')}`
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: { ...dependencies, zod } }),
  )
  await mustRun('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: project })

  const home = newFolder('serve')
  const args = ['serve', '--listen', '127.0.0.1:0', '--data-dir', join(home, 'data')]
  serve = parts.use(startService({ command: program(), args, logFile: join(home, 'log'), env: environment() }))
  await untilReady(serve, 'serve is up', inLog(serve, /fairlead node join-token/), 100_000)
  origin = /listens on (\S+)/.exec(serve.log())?.[1] ?? ''
  token = (await readFile(join(home, 'data', 'admin-token'), 'utf8')).trim()
})
afterAll(() => parts.disposeAsync())

describe('the npm packages', () => {
  test('the command prints its version and its commit, and needs no other package', async () => {
    const installed = join(project, 'node_modules/@fairlead/cli')
    expect(JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))).not.toHaveProperty('dependencies')
    expect(await runCommand(program(), ['--version'], { env: environment() })).toMatchObject({ stdout: `${version}\n` })
    const said = await mustRun(program(), ['version', '--json', '--host', origin], { env: environment() })
    const commit = expect.stringMatching(/^[0-9a-f]{12}(?:-dirty)?$/) as unknown
    expect(JSON.parse(said)).toEqual({ client: version, commit, server: { origin, version } })
  })

  test('the command has the web console, and the licences of what it contains', async () => {
    expect(serve.log()).toContain('console: ')
    expect(await (await fetch(origin)).text()).toContain('<div id="root">')
    const licenses = await readFile(join(project, 'node_modules/@fairlead/cli/THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const name of ['zod 4', 'undici 8', 'react 19', 'Node.js']) expect(licenses).toContain(`\n${name}`)
  })

  test('the SDK asks the control plane', async () => {
    const code = `
      import { FairleadClient } from '@fairlead/sdk'
      const client = new FairleadClient({ host: '${origin}', token: process.env.TOKEN })
      console.log(await client.version())`
    await writeFile(join(project, 'ask.mjs'), code)
    const env = { ...environment(), TOKEN: token }
    expect(await mustRun(process.execPath, ['ask.mjs'], { cwd: project, env })).toBe(`${version}\n`)
  })

  test.each(['sdk', 'contract'])('the types of the %s resolve as its code does (attw)', async (name) => {
    const file = await artefact(new RegExp(`^fairlead-${name}-.*tgz$`))
    const attw = inRepository('node_modules/.bin/attw')
    // Only as ES modules: CommonJS loads these with `require` from Node 22 on.
    const { status, stdout } = await runCommand(attw, [
      file,
      '--profile',
      'esm-only',
      '--format',
      'ascii',
      '--no-color',
    ])
    expect({ status, said: status === 0 ? '' : stdout }).toEqual({ status: 0, said: '' })
  })
})

describe.each(['whl', 'tar.gz'])('the Python SDK as .%s', (ending) => {
  test('is installed alone, and asks the control plane', async () => {
    const python = await sdkEnvironment(newestPython(), 'tools')
    const file = await artefact(new RegExp(`^fairlead_sdk-.*\\.${ending.replace('.', '\\.')}$`))
    const site = newFolder('site')
    const offline = ['--no-index', '--no-deps', '--no-build-isolation', '--disable-pip-version-check', '--quiet']
    await mustRun(python, ['-m', 'pip', 'install', ...offline, '--target', site, file], { env: environment() })
    const code = `
import fairlead_sdk
from fairlead_sdk.version import __version__
sdk = fairlead_sdk.FairleadSDK()
print(__version__, fairlead_sdk.__file__, len(list(sdk.list_clouds())))`
    const env = { ...environment(), PYTHONPATH: site, FAIRLEAD_HOST: origin, FAIRLEAD_TOKEN: token }
    const said = await mustRun(python, ['-c', code], { cwd: newFolder('elsewhere'), env })
    expect(said).toBe(`${pythonVersion(version)} ${site}/fairlead_sdk/__init__.py 0\n`)
  })
})

describe('the list of files', () => {
  test('has the hash of every file', async () => {
    await mustRun('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: await artefacts() })
  })

  test('comes with the parts of others in CycloneDX, Node and the packages of Debian among them', async () => {
    const document = JSON.parse(await readFile(await artefact(/\.cdx\.json$/), 'utf8')) as {
      bomFormat: string
      specVersion: string
      metadata: { component: object }
      components: { purl: string; name: string; version: string }[]
    }
    expect(document).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' })
    expect(document.metadata.component).toMatchObject({ name: 'fairlead', version })
    const purls = document.components.map(({ purl }) => purl)
    expect(new Set(purls).size).toBe(purls.length)
    for (const start of [
      'pkg:npm/zod@',
      'pkg:npm/react@',
      'pkg:npm/%40aws-sdk/client-secrets-manager@',
      'pkg:generic/node@',
      'pkg:deb/debian/libc6@',
    ]) {
      expect(
        purls.filter((purl) => purl.startsWith(start)),
        start,
      ).not.toEqual([])
    }
    // What only builds and tests use.
    expect(purls.filter((purl) => /vitest|bcryptjs|modern-tar|typescript/.test(purl))).toEqual([])
  })
  test('is what CycloneDX’s own strict validator accepts as 1.6, which refuses a field that the format does not have', async () => {
    const python = await ensurePythonEnvironment({ lock: lockFile('cyclonedx') })
    const code = `
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
print(JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read()))`
    const verdict = (input: string) => mustRun(python, ['-c', code], { env: environment(), input })
    const text = await readFile(await artefact(/\.cdx\.json$/), 'utf8')
    expect(await verdict(text)).toBe('None\n')
    expect(await verdict(text.replace('"purl"', '"purls"'))).toContain("'purls' was unexpected")
  })
})
