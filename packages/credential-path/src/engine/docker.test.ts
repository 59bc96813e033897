/** Answers that a healthy Docker never gives, served from a test socket. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DockerEngine } from './docker.ts'
import { agreeOnApi, compareApi, DockerSocket } from './docker-socket.ts'

const never = new AbortController().signal
const reference = `127.0.0.1:1/abc@sha256:${'0'.repeat(64)}`
let folder: string
let server: Server
let engine: DockerEngine
let answer: RequestListener
let versions: object
let asked: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-engine-'))
  versions = { Version: '20.10.24+dfsg1', ApiVersion: '1.41', MinAPIVersion: '1.12', Os: 'linux', Arch: 'amd64' }
  asked = []
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (request.url === '/version') response.end(JSON.stringify(versions))
    else answer(request, response)
  })
  const socketPath = join(folder, 'docker.sock')
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  engine = new DockerEngine({ socketPath })
})
afterEach(async () => {
  await engine[Symbol.asyncDispose]()
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

const says = (status: number, body: string): RequestListener => {
  return (_request, response) => response.writeHead(status).end(body)
}

describe('Docker', () => {
  test('is addressed in the newest version both support, negotiated once', async () => {
    answer = says(404, '{"message":"No such image"}')
    await engine.image('a', never)
    await engine.image('b/c@sha256:d', never)
    expect(asked).toEqual(['GET /version', 'GET /v1.41/images/a/json', 'GET /v1.41/images/b%2Fc%40sha256%3Ad/json'])
  })

  test.for([
    [
      { CgroupDriver: 'systemd', CgroupVersion: '2' },
      { driver: 'systemd', version: 2 },
    ],
    [
      { CgroupDriver: 'cgroupfs', CgroupVersion: '1' },
      { driver: 'cgroupfs', version: 1 },
    ],
    // Predates version 2 of cgroups.
    [{ CgroupDriver: 'cgroupfs' }, { driver: 'cgroupfs', version: 1 }],
    [{ CgroupDriver: 'none', CgroupVersion: '2' }, null],
    [{ CgroupDriver: 'cgroupfs', CgroupVersion: '3' }, null],
  ] as const)('that says %j of cgroups makes them as %j', async ([info, expected]) => {
    answer = says(200, JSON.stringify(info))
    expect(await engine.cgroups(never)).toEqual(expected)
  })

  test.for([
    ['keeps images in containerd', 'overlayfs', [['driver-type', 'io.containerd.snapshotter.v1']]],
    ['keeps them itself', 'overlay2', [['Backing Filesystem', 'extfs']]],
  ] as const)('that %s is asked to pull, if containerd cannot', async ([, Driver, DriverStatus]) => {
    versions = { Version: '29.6.0', ApiVersion: '1.55', MinAPIVersion: '1.40', Os: 'linux', Arch: 'amd64' }
    const Containerd = { Address: join(folder, 'containerd.sock'), Namespaces: { Containers: 'moby' } }
    answer = (request, response) =>
      response.end(request.url?.endsWith('/info') ? JSON.stringify({ Driver, DriverStatus, Containerd }) : '')
    await engine.pull(reference, never)
    expect(asked.at(-1)).toMatch(/^POST \/v1.46\/images\/create\?/)
  })

  const agreements: readonly (readonly [string, string, string])[] = [
    ['1.41', '1.12', '1.41'],
    ['1.56', '1.40', '1.46'],
    ['1.60', '1.50', '1.50'],
    ['1.40', '1.12', '1.40'],
  ]
  test.for(agreements)('that speaks %s down to %s is asked in %s', ([ApiVersion, MinAPIVersion, expected]) => {
    expect(agreeOnApi({ ApiVersion, MinAPIVersion })).toBe(expected)
  })

  test.for(['1.39', '1.9', '0.0', 'x'])('that speaks %s is too old', (ApiVersion) => {
    expect(() => agreeOnApi({ ApiVersion, MinAPIVersion: '1.0' })).toThrow(/API/)
  })

  test('compares versions as numbers', () => {
    expect(compareApi('1.9', '1.40')).toBeLessThan(0)
    expect(compareApi('2.0', '1.99')).toBeGreaterThan(0)
  })

  test('sends neither a credential nor a body with a pull', async () => {
    let headers: object = {}
    let bytes = 0
    answer = (request, response) => {
      headers = request.headers
      request.on('data', (piece: Buffer) => (bytes += piece.length))
      request.on('end', () => response.end('{"status":"done"}\n'))
    }
    await engine.pull(reference, never)
    expect(asked.at(-1)).toBe(`POST /v1.41/images/create?fromImage=127.0.0.1%3A1%2Fabc&tag=sha256%3A${'0'.repeat(64)}`)
    expect(Object.keys(headers).filter((name) => name.includes('auth'))).toEqual([])
    expect(bytes).toBe(0)
  })

  test('fails a pull that reports an error inside its 200', async () => {
    answer = says(200, '{"status":"Pulling"}\r\n{"errorDetail":{"message":"unsupported media type x"},"error":"x"}\r\n')
    await expect(engine.pull(reference, never)).rejects.toMatchObject({ code: 'IMAGE_UNSUPPORTED' })
  })

  test('does not count a pull whose stream breaks off as a success', async () => {
    answer = (_request, response) => {
      response.write('{"status":"Pulling"}\n')
      setTimeout(() => response.destroy(), 20)
    }
    await expect(engine.pull(reference, never)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
  })

  test.for(['EACCES', 'EPERM'])('whose socket denies access to this user (%s) counts as running', async (code) => {
    await using socket = new DockerSocket('/run/docker.sock')
    const refused = Object.assign(new Error(`connect ${code} /run/docker.sock`), { code })
    expect(socket.connectionProblem(refused, never)).toMatchObject({
      code: 'ENGINE_ACCESS_DENIED',
      fix: expect.stringContaining('usermod -aG docker'),
    })
  })

  test('fails a pull whose stream is not JSON', async () => {
    answer = says(200, '<html>')
    await expect(engine.pull(reference, never)).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
  })

  test('hangs up when a pull is aborted, and reports the reason', async () => {
    const stop = new AbortController()
    const hungUp = new Promise((resolve) => {
      answer = (request, response) => {
        response.write('{"status":"Pulling"}\n')
        request.socket.once('close', resolve)
        stop.abort()
      }
    })
    await expect(engine.pull(reference, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' })
    await hungUp
  })

  test.for([
    ['no JSON', 200, '<html>'],
    ['another shape', 200, '{"Id":1}'],
    ['an error page', 500, 'x'.repeat(100_000)],
  ] as const)('%s where an image should be is ENGINE_FAILED', async ([, status, body]) => {
    answer = says(status, body)
    await expect(engine.image('a', never)).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
  })

  test('is cut off if its answer never ends', async () => {
    answer = (_request, response) => {
      const clock = setInterval(() => response.write('x'.repeat(1_000_000)), 1)
      response.once('close', () => clearInterval(clock))
    }
    await expect(engine.image('a', never)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      facts: { reason: 'the answer is too long' },
    })
  })

  test('S9: gives an answer of 8 MiB, and not of one byte more', async () => {
    const limit = 8 * 1024 * 1024
    answer = says(200, '[]'.padEnd(limit))
    expect(await engine.containers('a', never)).toEqual([])
    answer = says(200, '[]'.padEnd(limit + 1))
    await expect(engine.containers('a', never)).rejects.toMatchObject({ facts: { reason: 'the answer is too long' } })
  })

  test('S9: gives 1 MiB of what a container printed, however much there is', async () => {
    const header = Buffer.from([1, 0, 0, 0, 0, 0x20, 0, 0])
    answer = (_request, response) =>
      void response.writeHead(200).end(Buffer.concat([header, Buffer.alloc(2 ** 21, 'x')]))
    expect((await engine.logs('a', 100, never)).length).toBe(2 ** 20)
  })

  test('that comes back as a different version is addressed in that version', async () => {
    answer = says(404, '{}')
    await engine.image('a', never)
    answer = (request) => request.socket.destroy()
    await expect(engine.image('a', never)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
    versions = { ...versions, ApiVersion: '1.43' }
    answer = says(404, '{}')
    await engine.image('a', never)
    expect(asked.at(-1)).toBe('GET /v1.43/images/a/json')
  })
})
