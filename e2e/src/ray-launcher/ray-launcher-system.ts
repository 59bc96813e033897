/** Two machines on which only Ray's launcher starts anything, and a control plane that only knows the build: its only node is a checker. */
import { createHash, randomBytes } from 'node:crypto'
import {
  awsSecrets,
  ensurePythonEnvironment,
  equip,
  fairleadProgram,
  listen,
  lockFile,
  newFolder,
  realRay,
  runCommand,
  startChecker,
  startFairleadServe,
  startWhole,
  startWorld,
  tokenRegistry,
} from '@fairlead/testkit'
import { makeKeyPair, startSsh } from './ssh-machine.ts'

export type RayLauncherSystem = Awaited<ReturnType<typeof startRayLauncherSystem>>

export const startRayLauncherSystem = () =>
  startWhole(async (parts) => {
    const python = await rayPython()
    const world = parts.use(
      await startWorld({
        registry: tokenRegistry('team/ray'),
        secrets: awsSecrets(),
        secretName: 'team/registry-login',
        allow: 'login',
        image: realRay({ packages: ['openssh-client', 'rsync'] }),
        serve: startFairleadServe,
        nodes: [],
      }),
    )
    const { host, ca, secrets } = world
    const policy = { disk_reserve_bytes: 1_000_000_000 }
    await startChecker(world, world, { policy })

    const keys = await makeKeyPair()
    const rented = async (name: string) => {
      const { machine } = await equip(world, name, { policy })
      await startSsh(machine, ca, keys, secrets.env)
      return machine
    }
    const [head, worker] = await Promise.all([rented('head'), rented('worker')])

    // The one file that machines download: here it leads to the program under test.
    const program = `#!/bin/sh\nexec ${process.execPath} ${fairleadProgram} "$@"\n`
    const downloads = parts.use(await listen((_request, response) => void response.end(program), { host, tls: ca }))

    const home = newFolder('launcher-home')
    parts.defer(async () => {
      await runCommand('sh', ['-c', `rm -rf /tmp/ray_tmp_mount/"$1"`, 'sh', clusterEnv])
    })
    return {
      ...world,
      machines: [head, worker],
      head,
      worker,
      keys,
      clusterEnv,
      install: {
        url: `${downloads.origin}/fairlead`,
        sha256: createHash('sha256').update(program).digest('hex'),
      },
      /** Ray's own command line, as a user would run it. */
      ray: (...args: string[]) =>
        // As a module: pip's programs name the folder in which the environment was made, before it was moved into place.
        runCommand(python, ['-m', 'ray.scripts.scripts', ...args], {
          env: {
            HOME: home,
            RAY_TMPDIR: home,
            RAY_USAGE_STATS_ENABLED: '0',
            LANG: 'C.UTF-8',
            TERM: 'dumb',
          },
          timeoutMs: 240_000,
        }),
    }
  })

/** Ray names folders after a cluster in `/tmp`, which all test machines share. */
const clusterEnv = `launched-${randomBytes(4).toString('hex')}`

/** The Python that runs `ray up`, with the image's Ray and what its AWS and Google Cloud code needs. */
export const rayPython = (): Promise<string> => ensurePythonEnvironment({ lock: lockFile('ray-launcher') })
