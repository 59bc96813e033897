/** Docker's door: from version 29, on the containerd image store, it reads `hosts.toml` in `/etc/docker/certs.d` at each pull. */
import { existsSync } from 'node:fs'
import { isProblem, problem } from '@fairlead/contract/problems'
import { compareApi, DockerSocket } from '@fairlead/credential-path/engine/docker-socket'
import { firstPullError, PullStreamError } from '@fairlead/credential-path/engine/pull-stream'
import { z } from 'zod'
import { askEngine } from '../ask-engine.ts'
import type { EngineDoor, FoundEngine } from '../engine-door.ts'
import { hostsFiles } from '../hosts-toml.ts'

/** Docker 29 was the first to read `hosts.toml`, and to speak this version of its API: builds of distributions keep the API, not the number. */
const oldestApi = '1.52'
const oldest = '29.0'

const programs = ['/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd']

// On the graphdriver store, `DriverStatus` describes a file system instead.
const Info = z.object({ DriverStatus: z.array(z.tuple([z.string(), z.string()])).nullish() })

export const dockerDoor: EngineDoor = {
  engine: 'docker',

  async find({ root, isRunning, dockerSocket }, signal) {
    if (!isRunning) return programs.some((path) => existsSync(root + path)) ? [dockerAt(dockerSocket, 'Docker')] : []
    await using socket = new DockerSocket(root + dockerSocket)
    try {
      return await askEngine(dockerSocket, signal, async (inTime) => {
        const { Version, ApiVersion } = await socket.versions(inTime)
        assertReadsHosts(Version, ApiVersion)
        assertContainerdStore((await socket.json({ method: 'GET', path: '/info' }, inTime)).body)
        return [dockerAt(dockerSocket, `Docker ${Version}`)]
      })
    } catch (error) {
      if (isProblem(error, 'ENGINE_UNREACHABLE')) return []
      throw error
    }
  },

  files: hostsFiles,

  async probe(image, { way }, { root }, signal) {
    await using socket = new DockerSocket(root + way)
    const [name = '', tag = ''] = image.split(/:(?=[^:/]+$)/)
    const query = { fromImage: name, tag }
    const answer = await socket.open({ method: 'POST', path: '/images/create', query, fine: 'all' }, signal)
    if (answer.statusCode >= 400) return socket.refusal(answer)
    try {
      return (await firstPullError(answer.body)) ?? ''
    } catch (error) {
      if (error instanceof PullStreamError) return error.message
      throw socket.connectionProblem(error, signal)
    }
  },
}

const dockerAt = (way: string, name: string): FoundEngine => ({
  engine: 'docker',
  name,
  folder: '/etc/docker/certs.d',
  way,
  doubt: null,
})

export function assertReadsHosts(version: string, api: string): void {
  if (compareApi(api, oldestApi) < 0) throw problem('DOOR_ENGINE_TOO_OLD', { version, expected_version: oldest })
}

/** Throws unless Docker says in `/info` that its images are in containerd's store: the other one asks no mirror for a private registry. */
export function assertContainerdStore(info: unknown): void {
  const status = Info.safeParse(info).data?.DriverStatus ?? []
  if (!status.some(([key, value]) => key === 'driver-type' && value.startsWith('io.containerd.'))) {
    throw problem('DOOR_ENGINE_STORE')
  }
}
