/** Two machines that nothing but Ray's launcher starts anything on, and a control plane that only knows the build: it has no node but a checker. */
import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  cli,
  ensurePythonEnvironment,
  fairleadProgram,
  listen,
  lockFile,
  newFolder,
  runCommand,
  startFairleadAgent,
} from '@fairlead/testkit'
import { cacheDir, startPrivateRay } from '../private-ray.ts'
import { startSystem } from '../start-system.ts'
import { makeKeyPair, startSsh } from './ssh-machine.ts'

export type RayLauncherSystem = Awaited<ReturnType<typeof startRayLauncherSystem>>

export const startRayLauncherSystem = () => startSystem(start)

async function start(parts: AsyncDisposableStack) {
  const python = await rayPython()
  const packages = ['openssh-client', 'rsync']
  const { policy: needed, ...privateRay } = await startPrivateRay(parts, { cloudName: 'rented', ray: 'real', packages })
  const { network, host, ca, front, serve, access } = privateRay
  const policy = JSON.stringify(needed)

  const policyFile = join(newFolder('checker'), 'policy.yaml')
  await writeFile(policyFile, policy, { mode: 0o644 })
  const checker = {
    serve,
    name: 'checker',
    provider: 'aws',
    checker: true,
    policy: policyFile,
    env: front.nodeEnv,
  } as const
  parts.use(await startFairleadAgent(checker))

  const keys = await makeKeyPair()
  const machines = await Promise.all(
    ['head', 'worker'].map(async (name) => {
      const machine = await network.machine(name)
      await writeFile(join(machine.etcDir, 'policy.yaml'), policy, { mode: 0o644 })
      await machine.startEngine()
      await startSsh(machine, ca, keys, front.nodeEnv)
      return machine
    }),
  )
  const [head, worker] = machines as [(typeof machines)[number], (typeof machines)[number]]

  // The one file that machines download: here it leads to the program under test.
  const program = `#!/bin/sh\nexec ${process.execPath} ${fairleadProgram} "$@"\n`
  const downloads = parts.use(await listen((_request, response) => void response.end(program), { host, tls: ca }))

  const home = newFolder('launcher-home')
  parts.defer(async () => {
    await runCommand('sh', ['-c', `rm -rf /tmp/ray_tmp_mount/"$1"`, 'sh', clusterEnv])
  })
  return {
    ...privateRay,
    machines,
    head,
    worker,
    keys,
    clusterEnv,
    install: {
      url: `${downloads.origin}/fairlead`,
      sha256: createHash('sha256').update(program).digest('hex'),
    },
    fairlead: (...args: string[]) => cli(args, { ...access, timeoutMs: 120_000 }),
    /** Ray's own command line, as a user would run it. */
    ray: (...args: string[]) =>
      // By its module: pip's programs name the folder in which the environment was made, before it was moved to its place.
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
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

/** Ray keeps folders by the name of a cluster in `/tmp`, which all test machines share. */
const clusterEnv = `launched-${randomBytes(4).toString('hex')}`

/** The Python from which `ray up` is run, with the Ray of the image and what its AWS and Google Cloud code needs. */
export const rayPython = (): Promise<string> =>
  ensurePythonEnvironment({
    cacheDir: `${cacheDir}/ray-launcher`,
    python: '/usr/bin/python3',
    lock: lockFile('ray-launcher'),
  })
