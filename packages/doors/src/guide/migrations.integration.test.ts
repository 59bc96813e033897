/**
 * The commands of docs/migrate and docs/guides/rotate-a-password.md, typed as the pages print them on a machine with the distribution's Docker
 * and no control plane. Only the registry's name is another one; `sudo` and the cloud's own command are stand-ins.
 */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  awsSecrets,
  basicRegistry,
  fairleadProgram,
  makeImage,
  mayRead,
  onNetwork,
  prepare,
  startLab,
  startWhole,
  type CommandResult,
  type Machine,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandsOf } from '../testing/guide-page.ts'

const secret = 'team/registry-login'
const image = 'team/ray'
const pageOf = (name: string): Promise<string> =>
  readFile(new URL(`../../../../docs/${name}.md`, import.meta.url), 'utf8')

const startWorld = () =>
  startWhole(async (parts) => {
    const secrets = awsSecrets({ policy: mayRead(secret) })
    const lab = parts.use(await startLab({ on: onNetwork, registry: basicRegistry, secrets }))
    const { host } = lab.registry
    await lab.registry.push(image, await makeImage(), { tag: '2.55.1' })
    const machine = await prepare(lab, 'vm')
    await trust(machine, host, lab.ca.caPem)
    const path = await standIns(machine)
    parts.use(await machine.startEngine())
    const type = (script: string): Promise<CommandResult> =>
      machine.exec('sh', ['-ec', script.replaceAll('example.jfrog.io', host)], {
        env: { PATH: path, HOME: machine.homeDir, NO_COLOR: '1', ...lab.secrets.env },
        timeoutMs: 100_000,
      })
    return {
      ...lab,
      machine,
      host,
      type,
      /** The commands below a heading, in one go. */
      follow: async (page: string, heading: string) => type(commandsOf(await pageOf(page), heading)),
      /** What the cloud's own command was given. */
      stored: async () => JSON.parse(await readFile(join(machine.runDir, 'stored'), 'utf8')) as object,
    }
  })

async function trust(machine: Machine, host: string, caPem: string): Promise<void> {
  await mkdir(join(machine.dockerEtcDir, 'certs.d', host), { recursive: true })
  await writeFile(join(machine.dockerEtcDir, 'certs.d', host, 'ca.crt'), caPem)
}

async function standIns(machine: Machine): Promise<string> {
  const bin = join(machine.dir, 'bin')
  await mkdir(bin)
  const programs = {
    fairlead: `exec ${process.execPath} ${fairleadProgram} "$@"`,
    sudo: 'exec "$@"',
    aws: `case "$*" in *"-secret --name ${secret} --secret-string file:///dev/stdin"|*"-secret-value --secret-id ${secret} --secret-string file:///dev/stdin") cat > /run/stored;; *) exit 2;; esac`,
  }
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`)
    await chmod(join(bin, name), 0o755)
  }
  return `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`
}

let at: Awaited<ReturnType<typeof startWorld>>
beforeAll(async () => {
  at = await startWorld()
})
afterAll(() => at[Symbol.asyncDispose]())

const rayUp = 'migrate/ray-up'

test('the login that Docker keeps becomes a secret', async () => {
  const { username, password } = at.login
  const before = await at.type(`printf %s ${password} | docker login example.jfrog.io -u ${username} --password-stdin`)
  expect(before).toMatchObject({ status: 0 })
  for (const [page, heading] of [
    [rayUp, '1. Put the login into the secret manager'],
    ['migrate/scaling-group', '1. Put the login into the secret manager'],
  ] as const) {
    // Root's home on the machine is where root logged in.
    const commands = commandsOf(await pageOf(page), heading).replace('/root/', '~/')
    expect(await at.type(commands)).toMatchObject({ status: 0, stderr: '' })
    expect(await at.stored()).toEqual({ username, password, server: at.host })
  }
  await at.secrets.put(secret, await at.stored())
})

test('the image is pulled with it, under the name that `ray up` looks for', async () => {
  const { status, stderr, stdout } = await at.follow(rayUp, '2. Try it on one machine')
  expect({ status, text: stdout + stderr }).toMatchObject({ status: 0 })
  expect(await at.machine.mustExec('docker', ['image', 'inspect', `${at.host}/${image}:2.55.1`])).toContain('sha256:')
})

test('doctor finds the old login until it is logged out', async () => {
  const [logout = '', doctor = ''] = commandsOf(await pageOf(rayUp), '4. Clean up the machines that you keep').split(
    '\n',
  )
  expect((await at.type(doctor)).stderr).toContain('(DOCKER_LOGIN_LEFT)')
  expect(await at.type(logout)).toMatchObject({ status: 0 })
  const after = await at.type(doctor)
  expect(after.status).toBe(0)
  expect(after.stderr).not.toContain('DOCKER_LOGIN_LEFT')
})

test('a rotated password is in use as soon as the secret has it', async () => {
  const { username } = at.login
  const next = { username, password: 'the-next-one', server: at.host }
  const commands = commandsOf(await pageOf('guides/rotate-a-password'), '2. Write it into the secret')
  const [ask = '', store = ''] = commands.replace('myusername', username).split('\n')
  expect(await at.type(`printf %s ${next.password} | ${ask}\n${store}`)).toMatchObject({ status: 0 })
  expect(await at.stored()).toEqual(next)
  await at.registry.rotate(username, next.password)
  await at.machine.mustExec('sh', ['-c', 'docker images -aq | xargs -r docker rmi -f'])

  const [, script = ''] =
    /## Or: only the pull\n[^]*?```sh\n([^]*?)```/.exec(await pageOf('migrate/scaling-group')) ?? []
  const pull = script
    .split('\n')
    .filter((line) => line.startsWith('fairlead '))
    .join('\n')
  const refused = await at.type(pull)
  expect(refused.stderr).toContain('(REGISTRY_LOGIN_REJECTED)')
  await at.secrets.moto.updateSecret(secret, JSON.stringify(await at.stored()))
  expect(await at.type(pull)).toMatchObject({ status: 0 })
})
