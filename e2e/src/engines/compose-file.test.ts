/** Docker Compose itself reads deploy/compose.yaml and runs it as docs/guides/server.md says: with the image of the release, and PostgreSQL. */
import { randomBytes } from 'node:crypto'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  cli,
  enginePrograms,
  equip,
  inRepository,
  mustRun,
  newFolder,
  onNetwork,
  openRegistry,
  runCommand,
  secretFiles,
  startLab,
  type Machine,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { artefact } from '../release/artefacts.ts'
import { postgresImage } from './postgres-image.ts'

const file = inRepository('deploy/compose.yaml')

const config = async (env: Record<string, string>) =>
  runCommand(join(await enginePrograms(), 'docker-compose'), ['--file', file, 'config', '--format', 'json'], {
    env: { HOME: '/nonexistent', ...env },
  })

test('it is valid for Compose once the image, the origin and the password are set', async () => {
  const settings = {
    FAIRLEAD_IMAGE: 'fairlead-server:1',
    FAIRLEAD_ORIGIN: 'https://fairlead.example.com:8470',
    POSTGRES_PASSWORD: 'canary',
  }
  const { status, stdout, stderr } = await config(settings)
  expect([status, stderr]).toEqual([0, ''])
  const { services } = JSON.parse(stdout) as {
    services: Record<string, { image: string; command: string[] | null; depends_on?: object }>
  }
  expect(services['server']).toMatchObject({
    image: 'fairlead-server:1',
    depends_on: { database: { condition: 'service_healthy' } },
  })
  expect(services['server']?.command?.join(' ')).toContain('--origin=https://fairlead.example.com:8470')
  expect(services['database']?.image).toBe('postgres:18')
  const missing = await config({ ...settings, POSTGRES_PASSWORD: '' })
  expect(missing.status).not.toBe(0)
  expect(missing.stderr).toContain('POSTGRES_PASSWORD')
})

describe('on a machine with Docker', () => {
  const start = () => startLab({ on: onNetwork, registry: openRegistry, secrets: secretFiles })
  const password = `canary-${randomBytes(24).toString('hex')}`
  const env = { HOME: newFolder('home') }
  let lab: Awaited<ReturnType<typeof start>>
  let machine: Machine
  let origin: string
  let folder: string

  const server = (tag: string): string => `${lab.registry.host}/fairlead/server:${tag}`

  beforeAll(async () => {
    lab = await start()
    ;({ machine } = await equip(lab, 'compose-host', {
      engine: { binDir: await enginePrograms(), config: { 'userland-proxy': false } },
    }))
    origin = `https://${machine.address}:8470`
    const trust = join(machine.dockerEtcDir, 'certs.d', lab.registry.host)
    await mkdir(trust, { recursive: true })
    await symlink(lab.ca.caFile, join(trust, 'ca.crt'))
    const plugins = join(machine.homeDir, '.docker', 'cli-plugins')
    await mkdir(plugins, { recursive: true })
    await symlink(join(await enginePrograms(), 'docker-compose'), join(plugins, 'docker-compose'))
    const archive = await artefact(/^fairlead-images-.*\.oci\.tar$/)
    for (const tag of ['this', 'next']) {
      await mustRun('skopeo', [
        'copy',
        '--quiet',
        '--dest-cert-dir',
        trust,
        `oci-archive:${archive}:server`,
        `docker://${server(tag)}`,
      ])
    }
    await lab.registry.push('library/postgres', await postgresImage())
    folder = newFolder('project')
    await set('this')
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  /** The file `.env` of the guide. */
  const set = (tag: string): Promise<void> =>
    writeFile(
      join(folder, '.env'),
      `FAIRLEAD_IMAGE=${server(tag)}\nFAIRLEAD_ORIGIN=${origin}\nPOSTGRES_PASSWORD=${password}\n` +
        `POSTGRES_IMAGE=${lab.registry.host}/library/postgres:1\n`,
      { mode: 0o600 },
    )

  const compose = (...args: string[]): Promise<string> =>
    machine.mustExec('docker', ['compose', '--file', file, '--env-file', join(folder, '.env'), ...args], {
      cwd: folder,
      timeoutMs: 200_000,
    })
  const clouds = async (): Promise<unknown> => {
    const { status, stdout, stderr } = await cli(['cloud', 'list', '--json'], { env })
    return status === 0 ? JSON.parse(stdout) : stderr
  }
  /** What the person made is there. */
  const kept = () => expect.poll(clouds, { timeout: 60_000 }).toMatchObject({ results: [{ name: 'lab' }] })

  test('the server comes up once PostgreSQL is healthy, and a person signs in with the files that the guide copies', async () => {
    await compose('up', '--detach')
    const copy = (name: string) =>
      expect.poll(() => compose('cp', `server:/var/lib/fairlead/${name}`, '.').then(() => name, String)).toBe(name)
    for (const name of ['ca.pem', 'admin-token']) await copy(name)
    const login = ['login', '--host', origin, '--ca-file', 'ca.pem', '--token-file', 'admin-token']
    await expect.poll(async () => (await cli(login, { cwd: folder, env })).stderr).toBe('')
    const place = ['--provider', 'aws', '--region', 'eu-central-1', '--account-id', '123456789012', '--join', 'token']
    expect(await cli(['cloud', 'create', '-n', 'lab', ...place], { env })).toMatchObject({ status: 0 })
    await kept()
    const query = ['psql', '--username=fairlead', '-tA', '--command', 'select count(*) from clouds']
    expect(await compose('exec', 'database', ...query)).toBe('1\n')
  })

  test('its data outlive a restart, and the containers', async () => {
    await compose('restart')
    await kept()
    await compose('down')
    expect(await compose('ps', '--all', '--quiet')).toBe('')
    await compose('up', '--detach')
    await kept()
  })

  test('another tag in .env is an upgrade: the server is new, the database and the data are not', async () => {
    const database = await compose('ps', '--quiet', 'database')
    await set('next')
    await compose('up', '--detach')
    await kept()
    expect(await compose('ps', '--format', '{{.Image}}', 'server')).toBe(`${server('next')}\n`)
    expect(await compose('ps', '--quiet', 'database')).toBe(database)
  })

  test('the password of the database is in no log', async () => {
    expect(await compose('logs')).not.toContain(password)
  })
})
