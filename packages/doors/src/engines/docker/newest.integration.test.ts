/** The newest Docker Engine, built from source, on the containerd store. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { enginePrograms } from '@fairlead/testkit'
import { describe, expect, test } from 'vitest'
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
