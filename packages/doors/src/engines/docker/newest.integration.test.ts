/** The newest Docker Engine, built from source, on the containerd store. */
import { existsSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import { enginePrograms } from '@fairlead/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { dockerOn } from '../../testing/tested-engine.ts'
import { describeDoor } from '../engine-door.conformance.ts'

describeDoor('Docker', {
  engine: async (machine) => dockerOn(machine, { binDir: await enginePrograms() }),
  refusal: (_, ours) => `Error response from daemon: error from registry: ${ours}`,
  down: /127\.0\.0\.1:7464: connect: connection refused$/,
  squatter: /x509: certificate signed by unknown authority$/,
  also(world) {
    describe('a build', () => {
      const build = async (repository: string, buildkit: '0' | '1') => {
        const { machine, host } = world()
        const folder = join(machine.runDir, 'build')
        await machine.mustExec('mkdir', ['-p', '/run/build'])
        await writeFile(join(folder, 'Dockerfile'), `FROM ${host}/${repository}:1\nRUN cat /greeting\n`)
        const env = { DOCKER_BUILDKIT: buildkit }
        return machine.exec('docker', ['build', '--pull', '--network=none', '/run/build'], { env })
      }

      test.each(['0', '1'] as const)('begins with a private image (DOCKER_BUILDKIT=%s)', async (buildkit) => {
        expect(await build('team/many', buildkit)).toMatchObject({ status: 0 })
      })

      test.each(['0', '1'] as const)('is refused in our words (DOCKER_BUILDKIT=%s)', async (buildkit) => {
        const { status, stdout, stderr } = await build('mismatch/app', buildkit)
        expect(status).not.toBe(0)
        expect(stdout + stderr).toContain('(CREDENTIAL_SERVER_MISMATCH)')
      })
    })

    describe('Compose', () => {
      const project = (): string => join(world().machine.runDir, 'compose')
      const compose = (...args: string[]) =>
        world().machine.exec('docker', ['compose', '--file', '/run/compose/compose.yaml', '--progress=plain', ...args])

      beforeAll(async () => {
        const { machine, host } = world()
        const plugins = join(machine.homeDir, '.docker', 'cli-plugins')
        await mkdir(plugins, { recursive: true })
        await symlink(join(await enginePrograms(), 'docker-compose'), join(plugins, 'docker-compose'))
        const service = (image: string) => ({
          image: `${host}/${image}`,
          command: 'cat /greeting',
          network_mode: 'none',
        })
        const built = (image: string) => ({
          build: { dockerfile_inline: `FROM ${host}/${image}\nRUN cat /greeting > /copied\n`, network: 'none' },
          command: 'cat /copied',
          network_mode: 'none',
        })
        const refused = { profiles: ['refused'] }
        const services = {
          pulled: service('team/many:1'),
          built: built('team/many:1'),
          'pull-refused': { ...service('mismatch/app:1'), ...refused },
          'build-refused': { ...built('mismatch/app:1'), ...refused },
        }
        await mkdir(project())
        // JSON is YAML.
        await writeFile(join(project(), 'compose.yaml'), JSON.stringify({ name: 'composed', services }))
      })

      test('pulls, builds from and runs private images, with no login on the machine', async () => {
        const { machine, host, engine } = world()
        await engine.remove(`${host}/team/many:1`)
        expect(await compose('pull', 'pulled')).toMatchObject({ status: 0 })
        await engine.remove(`${host}/team/many:1`)
        const { status, stdout } = await compose('up', '--build', '--pull', 'always', '--no-color')
        expect({ status, stdout }).toMatchObject({ status: 0 })
        for (const name of ['pulled', 'built']) expect(stdout).toMatch(new RegExp(`${name}-1 +\\| hello`))
        await engine.remove(`${host}/team/many:1`)
        const { stdout: said } = await compose('run', '--rm', 'pulled', 'cat', '/greeting')
        expect(said).toBe('hello')
        expect(existsSync(join(machine.homeDir, '.docker', 'config.json'))).toBe(false)
        expect(await compose('down')).toMatchObject({ status: 0 })
      })

      const ours = (): string => `${problem('CREDENTIAL_SERVER_MISMATCH', { registry: world().host }).what} (`

      test.each(['pull', 'up', 'run'])('%s is refused in our words', async (command) => {
        const { status, stderr } = await compose(command, 'pull-refused')
        expect(status).not.toBe(0)
        expect(stderr).toContain(`Error response from daemon: error from registry: ${ours()}`)
      })

      test('a build is refused in our words', async () => {
        const { host } = world()
        const { status, stderr } = await compose('build', 'build-refused')
        expect(status).not.toBe(0)
        const image = `${host}/mismatch/app:1`
        const url = `https://127.0.0.1:7464/v2/${host.replace(':', '_')}/mismatch/app/manifests/1?ns=${encodeURIComponent(host)}`
        const unresolved = `failed to solve: ${image}: failed to resolve source metadata for ${image}`
        expect(stderr).toContain(
          `${unresolved}: unexpected status from HEAD request to ${url}: 403 Forbidden: ${ours()}`,
        )
      })
    })

    // Nomad’s driver sends `{}`, other programs nothing.
    test.each([[[]], [['--header', 'X-Registry-Auth: e30=']], [['--header', 'X-Registry-Auth;']]])(
      'a program that asks Docker’s API for an image needs no login either (%j)',
      async (headers) => {
        const { curl, engine, host } = world()
        await engine.remove(`${host}/team/app:1`)
        const url = `http://docker/images/create?fromImage=${host}/team/app&tag=1`
        const asked = await curl('--unix-socket', '/var/run/docker.sock', '--request', 'POST', ...headers, url)
        expect(asked.stdout).toContain(`Status: Downloaded newer image for ${host}/team/app:1`)
        expect(asked.stdout).not.toContain('"error"')
      },
    )

    test('a push is refused in our words, whether or not the registry has its layers', async () => {
      const { machine, host } = world()
      const push = async (image: string, as: string): Promise<string> => {
        await machine.mustExec('docker', ['tag', image, as])
        const { status, stderr } = await machine.exec('docker', ['push', as])
        expect(status).not.toBe(0)
        return stderr
      }
      expect(await push(`${host}/team/app:1`, `${host}/team/app:pushed`)).toContain('(DOOR_REQUEST_INVALID)')
      expect(await push(`${host}/team/many:1`, `${host}/team/rotated:pushed`)).toContain('(DOOR_REQUEST_INVALID)')
    })
  },
})
