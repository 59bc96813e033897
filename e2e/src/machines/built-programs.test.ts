/** The programs as `npm run build` makes them, away from the repository: they start and pull a private image. */
import { randomBytes } from 'node:crypto'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  basicRegistry,
  equip,
  inRepository,
  makeImage,
  mustRun,
  newFolder,
  onNetwork,
  runCommand,
  secretFiles,
  startGoogle,
  startLab,
  type CommandResult,
  type Google,
  type Machine,
  type PrivateRegistry,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import manifest from '../../../packages/cli/package.json' with { type: 'json' }
import { servedConsole } from '../served-console.ts'

const login = { username: 'puller', password: `canary-${randomBytes(12).toString('hex')}` }
const programs = newFolder('programs')
const start = () => startLab({ on: onNetwork, login, registry: basicRegistry, secrets: secretFiles })

let lab: Awaited<ReturnType<typeof start>>
let machine: Machine
let registry: PrivateRegistry
let google: Google

beforeAll(async () => {
  await mustRun(process.execPath, [inRepository('scripts/build.ts'), programs])
  lab = await start()
  registry = lab.registry
  await registry.push('team/app', await makeImage({ base: 'none', files: { hello: 'hello' } }))
  google = lab.use(await startGoogle({ ca: lab.ca, host: lab.host }))
  const policy = { proxy: google.proxyUrl, secret_manager_ca: lab.ca.caFile }
  ;({ machine } = await equip(lab, 'built', { policy }))
  await inEtc('docker-credential.yaml', { registries: { [registry.host]: 'login' } })
})
afterAll(() => lab[Symbol.asyncDispose]())

const inEtc = (name: string, content: object): Promise<void> =>
  writeFile(join(machine.etcDir, name), JSON.stringify(content), { mode: 0o600 })

const program = (name: string): string => join(programs, `${name}.mjs`)

function fairlead(...args: string[]): Promise<CommandResult> {
  return runCommand(process.execPath, [program('fairlead'), ...args], {
    env: { HOME: newFolder('home'), NO_COLOR: '1' },
  })
}

test('fairlead prints its version', async () => {
  expect(await fairlead('--version')).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' })
})

test('fairlead explains an image', async () => {
  const { status, stdout } = await fairlead('explain', 'image', 'nginx')
  expect(status).toBe(0)
  expect(stdout).toContain('docker.io/library/nginx')
})

test('fairlead serve has the web console and prints its address, and prints nothing about it when there is none', async () => {
  const { url, page, parts: answers } = await servedConsole(process.execPath, [program('fairlead')])
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  expect(page).toContain('<div id="root">')
  expect(answers.length).toBeGreaterThan(1)
  expect(answers.every((status) => status === 200)).toBe(true)

  const bare = newFolder('bare')
  await cp(programs, bare, { recursive: true })
  await rm(join(bare, 'console'), { recursive: true })
  expect(await servedConsole(process.execPath, [join(bare, 'fairlead.mjs')])).toMatchObject({ url: null })
})

test('fairlead pulls a private image into Docker', async () => {
  const image = `${registry.host}/team/app:1`
  const args = ['pull', image, '--registry-login-secret', 'login', '--provider', 'local', '--json']
  const env = { NO_COLOR: '1' }
  const pulled = await machine.exec(process.execPath, [program('fairlead'), ...args], { env, timeoutMs: 100_000 })
  expect(pulled).toMatchObject({ status: 0 })
  expect(pulled.stdout + pulled.stderr).not.toContain(login.password)
  await machine.mustExec('docker', ['image', 'inspect', image])

  // By digest only: the printed name is one that Docker accepts.
  const { digest } = JSON.parse(pulled.stdout) as { digest: string }
  const byDigest = ['pull', `${registry.host}/team/app@${digest}`, ...args.slice(2)]
  const again = await machine.exec(process.execPath, [program('fairlead'), ...byDigest], { env, timeoutMs: 100_000 })
  expect(again).toMatchObject({ status: 0 })
  const { name } = JSON.parse(again.stdout) as { name: string }
  expect(name).toBe(`${registry.host}/team/app:fairlead-${digest.slice(7, 19)}`)
  await machine.mustExec('docker', ['image', 'inspect', name])
})

test('a mistyped flag is reported in our own words', async () => {
  const { status, stderr } = await fairlead('cluster', 'list', '--jsn')
  expect(status).toBe(2)
  expect(stderr).toContain('error: there is no flag --jsn; did you mean --json? (USAGE)\n')
})

test('the Docker credential helper returns the login for a mapped registry', async () => {
  const helper = [program('docker-credential-fairlead'), 'get']
  const answer = await machine.mustExec(process.execPath, helper, { input: registry.host })
  expect(JSON.parse(answer)).toEqual({ ServerURL: registry.host, Username: login.username, Secret: login.password })
})

test('the helper reads a secret from Google Cloud', async () => {
  const secret = 'projects/my-project/secrets/login'
  google.secrets.add(secret, JSON.stringify({ ...login, server: registry.host }))
  google.secrets.allow(secret, `serviceAccount:${google.machine.email}`)
  await inEtc('docker-credential.yaml', { provider: 'gcp', registries: { [registry.host]: 'login' } })
  const helper = [program('docker-credential-fairlead'), 'get']
  const env = { GCE_METADATA_HOST: google.metadataHost }
  const answer = await machine.mustExec(process.execPath, helper, { input: registry.host, env })
  expect(JSON.parse(answer)).toEqual({ ServerURL: registry.host, Username: login.username, Secret: login.password })
  expect(google.requests.at(-1)?.path).toBe(`/v1/${secret}/versions/latest:access`)
})
