/**
 * What holds for every engine that pulls through a door: a real engine, a real agent and a private registry, which sees whatever reaches it.
 * No engine holds a login, and none of its files contains one.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createNetwork,
  makeImage,
  makeIndex,
  randomNumbers,
  scanFiles,
  secretForms,
  startServerOfAnotherUser,
  type CannedAnswer,
  type LocalBlob,
  type LocalOciImage,
  type Machine,
} from '@fairlead/testkit'
import { problem } from '@fairlead/contract/problems'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doorPort, openDoor, startDoorWorld, type DoorWorld } from '../testing/door-world.ts'
import { rootOf, type TestedEngine } from '../testing/tested-engine.ts'

export interface DoorCase {
  /** `host`: the private registry. */
  readonly engine: (machine: Machine, host: string) => Promise<TestedEngine>
  /** What it prints of a refusal in our words. */
  readonly refusal: (pulled: PulledImage, ours: string) => string
  /** What it prints if nothing answers for the door. */
  readonly down: RegExp
  /** What it prints if something else does. */
  readonly squatter: RegExp
  /** What holds for this engine alone, in the same world. */
  readonly also?: (world: () => DoorWorld) => void
}

export interface PulledImage {
  readonly host: string
  readonly repository: string
  readonly tag: string
}

/** FAIRLEAD_DOOR_KILLS=100: more than the few of every run; FAIRLEAD_DOOR_SEED repeats one. */
const kills = {
  moments: Number(process.env['FAIRLEAD_DOOR_KILLS'] ?? 2),
  seed: Number(process.env['FAIRLEAD_DOOR_SEED'] ?? Math.floor(Math.random() * 2 ** 31)),
}

const mirror = `https://127.0.0.1:${doorPort}`

export function describeDoor(name: string, at: DoorCase): void {
  describe(`${name} through its door`, () => {
    let world: DoorWorld
    let app: LocalOciImage
    const passwords: string[] = []
    beforeAll(async () => {
      world = await startDoorWorld(at)
      passwords.push(world.login.password)
      app = await makeImage({ files: { greeting: 'hello' } })
      for (const repository of ['team/app', 'closed/app', 'wrong/app', 'mismatch/app', 'nowhere/app']) {
        await world.registry.push(repository, app)
      }
    })
    afterAll(() => world[Symbol.asyncDispose]())

    const image = (path: string): string => `${world.host}/${path}`

    /** A pull that must not succeed, and what the engine says of it. */
    async function refused(path: string): Promise<string> {
      const { ok, text } = await world.engine.pull(image(path))
      expect(ok).toBe(false)
      return text
    }

    test('answers a probe that only it can answer', async () => {
      const nonce = randomBytes(16).toString('hex')
      const key = await readFile(join(world.keys, `${world.engine.engine}.key`))
      const proof = createHmac('sha256', key).update(nonce).digest('hex').slice(0, 32)
      const before = world.requests()
      expect(await world.door.probe(image(`fairlead/probe:${nonce}`))).toContain(proof)
      expect(world.requests()).toBe(before)
    })

    test('pulls a private image by its own name, with no login on the machine', async () => {
      expect(await world.engine.pull(image('team/app:1'))).toEqual({ ok: true, text: '' })
      expect(await world.engine.digestOf(image('team/app:1'))).toBe(app.digest)
      const run = world.engine.run?.(image('team/app:1'), 'cat', '/greeting') ?? 'hello'
      expect(await run).toBe('hello')
    })

    test('gets the image that a moved tag names now', async () => {
      const moved = await makeImage({ base: 'none', files: { greeting: 'moved' } })
      await world.registry.push('team/app', moved)
      expect(await world.engine.pull(image('team/app:1'))).toMatchObject({ ok: true })
      expect(await world.engine.digestOf(image('team/app:1'))).toBe(moved.digest)
    })

    test('pulls by digest', async () => {
      const reference = image(`team/app@${app.digest}`)
      expect(await world.engine.pull(reference)).toMatchObject({ ok: true })
      expect(await world.engine.digestOf(reference)).toBe(app.digest)
    })

    test('chooses from an index, whatever else is in it', async () => {
      const other = process.arch === 'x64' ? 'arm64' : 'amd64'
      const index = makeIndex([
        await makeImage({ base: 'none', files: { greeting: 'other' }, platform: { os: 'linux', architecture: other } }),
        app,
        await makeImage({
          base: 'none',
          files: { attestation: '{}' },
          platform: { os: 'unknown', architecture: 'unknown' },
        }),
      ])
      await world.registry.push('team/many', index)
      expect(await world.engine.pull(image('team/many:1'))).toMatchObject({ ok: true })
      expect([index.digest, app.digest]).toContain(await world.engine.digestOf(image('team/many:1')))
    })

    describe('is refused in our words', () => {
      test.each([
        ['a secret for another registry', 'mismatch/app:1', 'CREDENTIAL_SERVER_MISMATCH'],
        ['a wrong password', 'wrong/app:1', 'REGISTRY_LOGIN_REJECTED'],
        ['a login that may not pull', 'closed/app:1', 'REGISTRY_ACCESS_DENIED'],
        ['a missing tag', 'team/app:missing', 'IMAGE_NOT_FOUND'],
        ['a repository without a door', 'nowhere/app:1', 'DOOR_NOT_OPEN'],
      ] as const)('%s', async (_, path, code) => {
        const [repository = '', tag = ''] = path.split(':')
        const { host } = world
        const { what } = problem(code, { registry: host, repository })
        const text = await refused(path)
        const [ours = ''] = text.slice(text.indexOf(what)).split(/["\n]/)
        expect(ours).toContain(`${what} (${code}). fix: `)
        expect(text).toBe(at.refusal({ host, repository, tag }, ours))
      })
    })

    test('a login for another registry is not sent, and nothing is asked for without it', async () => {
      const before = world.requests()
      await refused('mismatch/app:1')
      expect(world.requests()).toBe(before)
    })

    test('reads a secret again that changes during a pull', async () => {
      const rotated = await makeImage({ base: 'none', layers: [{ randomBytes: 300_000 }] })
      await world.registry.push('team/rotated', rotated)
      const { username } = world.login
      const password = `canary-${randomBytes(8).toString('hex')}`
      passwords.push(password)
      const { proxy, tokenServer } = world.registry
      const secret = join(world.machine.etcDir, 'secrets', world.secretName)
      const answer = () => {
        tokenServer.rotate(username, password)
        writeFileSync(secret, JSON.stringify({ username, password, server: world.host }))
        return expired(tokenServer.realm)
      }
      proxy.inject({
        path: new RegExp(rotated.blobs.at(-1)?.digest ?? ''),
        times: 1,
        fault: { kind: 'answer', answer },
      })
      const pulling = world.engine.pull(image('team/rotated:1'))
      expect(await pulling).toMatchObject({ ok: true })
      proxy.clear()
      // The old login is not used again.
      expect(await world.engine.pull(image('team/app:1'))).toMatchObject({ ok: true })
    })

    test('five pulls at once cost one fetch of what they share', async () => {
      const shared = { files: { shared: randomBytes(1_000_000) } }
      const images = await Promise.all(
        [1, 2, 3, 4, 5].map((n) => makeImage({ base: 'none', layers: [shared], files: { n: `${n}` } })),
      )
      for (const [n, each] of images.entries()) await world.registry.push('team/five', each, { tag: `${n}` })
      const pulls = await Promise.all(images.map((_, n) => world.engine.pull(image(`team/five:${n}`))))
      expect(pulls.map(({ ok }) => ok)).toEqual([true, true, true, true, true])
      const blobs = [...new Map(images.flatMap((each) => each.blobs).map((blob) => [blob.digest, blob])).values()]
      const asked = blobs.reduce((sum, blob) => sum + bytesAskedOf(world, blob), 0)
      expect(asked).toBeLessThanOrEqual(1.02 * blobs.reduce((sum, { size }) => sum + size, 0))
    })

    describe('serves', () => {
      const asEngine = (): string[] => {
        const key = `/var/lib/fairlead/door/${world.engine.engine}`
        return ['--cacert', '/var/lib/fairlead/door/ca.crt', '--cert', `${key}.crt`, '--key', `${key}.key`]
      }
      const blobUrl = (): string => {
        const segment = world.host.replace(':', '_')
        return `${mirror}/v2/${segment}/team/app/blobs/${app.blobs[0]?.digest}`
      }

      // The blob is the configuration of the image: text.
      test('parts of a blob, to the engine’s key', async () => {
        const whole = await world.curl(...asEngine(), blobUrl())
        const part = await world.curl(...asEngine(), '--range', '5-19', '--include', blobUrl())
        expect(part.stdout).toMatch(/^HTTP\/\S+ 206 /)
        expect(part.stdout.endsWith(whole.stdout.slice(5, 20))).toBe(true)
      })

      test('nobody without a key, not even root', async () => {
        const { status, stdout } = await world.curl('--insecure', blobUrl())
        expect({ failed: status !== 0, stdout }).toEqual({ failed: true, stdout: '' })
      })

      test('no other user, even with a key', async () => {
        // The key of a test is readable here for once.
        await world.machine.mustExec('sh', [
          '-c',
          'install -d -m 755 /run/stolen && cp /var/lib/fairlead/door/*.* /run/stolen && chmod 644 /run/stolen/*',
        ])
        const stolen = asEngine().map((arg) => arg.replace('/var/lib/fairlead/door', '/run/stolen'))
        const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', 'curl', '--silent', '--include']
        expect((await world.curl('--include', ...stolen, blobUrl())).stdout).toMatch(/^HTTP\/\S+ 200 /)
        const { stdout } = await world.machine.exec('setpriv', [...asNobody, ...stolen, blobUrl()])
        expect(stdout).not.toContain(' 200 ')
        expect(stdout).not.toContain('"rootfs"')
      })
    })

    test(
      `fails closed when its agent is killed at ${kills.moments} random moments of a pull (seed ${kills.seed})`,
      { timeout: 120_000 + 20_000 * kills.moments },
      async () => {
        const random = randomNumbers(kills.seed)
        const large = await makeImage({ layers: [1, 2, 3].map(() => ({ randomBytes: 3_000_000 })) })
        await world.registry.push('team/killed', large)
        const began = performance.now()
        expect(await world.engine.pull(image('team/killed:1'))).toMatchObject({ ok: true })
        const usualMs = performance.now() - began
        const outcomes = { completed: 0, failed: 0 }
        for (let kill = 0; kill < kills.moments; kill++) {
          await world.engine.remove(image('team/killed:1'))
          const pulling = world.engine.pull(image('team/killed:1'))
          await sleep(random() * usualMs)
          world.agent.kill()
          const { ok } = await pulling
          outcomes[ok ? 'completed' : 'failed']++
          const digest = await world.engine.digestOf(image('team/killed:1'))
          expect(digest).toBe(ok ? large.digest : null)
          await world.agent.restart()
          expect(await world.engine.pull(image('team/killed:1'))).toMatchObject({ ok: true })
          expect(await world.engine.digestOf(image('team/killed:1'))).toBe(large.digest)
        }
        process.stdout.write(`${name}: killed ${kills.moments} times: ${JSON.stringify(outcomes)}\n`)
        // Whatever reached the registry came from the agent, and with its login wherever there is something to get.
        const asked = world.registry.proxy.requests.filter(({ path }) => !path.startsWith('/v2/?') && path !== '/v2/')
        expect(new Set(asked.map(({ userAgent }) => userAgent))).toEqual(new Set(['fairlead']))
      },
    )

    test('leaves no password with the engine, nor in any file but the secret', async () => {
      const { machine } = world
      const places = (await readdir(machine.dir)).filter((name) => name !== 'etc-fairlead')
      const forms = passwords.flatMap((password) => secretForms(password))
      for (const place of [...places.map((name) => join(machine.dir, name)), `${rootOf(machine)}/etc/containers`]) {
        expect((await scanFiles(place, forms)).findings).toEqual([])
      }
    })

    at.also?.(() => world)

    describe('without the agent', () => {
      beforeAll(() => world.agent.stop())

      test('fails, and asks nobody else', async () => {
        await world.engine.remove(image('team/app:1'))
        const before = world.requests()
        expect(await refused('team/app:1')).toMatch(at.down)
        expect(await world.engine.digestOf(image('team/app:1'))).toBeNull()
        expect(world.requests()).toBe(before)
      })

      test('takes nothing from whoever took the door’s place', async () => {
        const certificate = await world.ca.issue(['127.0.0.1'])
        const { machine } = world
        const place = { machine, port: doorPort, certificate, answer: {} }
        await using squatter = await startServerOfAnotherUser(place)
        const before = world.requests()
        expect(await refused('team/app:1')).toMatch(at.squatter)
        expect([world.requests(), squatter.sentSoFar()]).toEqual([before, []])
      })

      test('pulls again once the agent is back, and after the engine’s own restart', async () => {
        await world.agent.restart()
        expect(await world.engine.pull(image('team/app:1'))).toMatchObject({ ok: true })
        await world.engine.remove(image('team/app:1'))
        await world.engine.restart()
        expect(await world.engine.pull(image('team/app:1'))).toMatchObject({ ok: true })
      })
    })
  })
}

/** How a registry says that it takes a token no longer. */
const expired = (realm: string): CannedAnswer => ({
  status: 401,
  headers: { 'www-authenticate': `Bearer realm="${realm}",service="test-registry",error="invalid_token"` },
})

/** What was asked of the registry, in whole or in parts. */
function bytesAskedOf({ registry }: DoorWorld, { digest, size }: LocalBlob): number {
  const asked = registry.proxy.requests.filter(({ method, path }) => method === 'GET' && path.endsWith(digest))
  return asked.reduce((sum, { range }) => sum + lengthOf(range, size), 0)
}

function lengthOf(range: string | null, size: number): number {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  return first === undefined ? size : Math.min(Number(last || size), size - 1) - Number(first) + 1
}

/** An engine whose configuration leads it past the door: the probe shows that before anybody relies on the door. */
export function describeBypass(
  name: string,
  { engine: start, doubt }: { readonly engine: DoorCase['engine']; readonly doubt: string },
): void {
  test(`${name} bypasses its door, which the probe shows`, async () => {
    await using network = await createNetwork()
    const machine = await network.machine('node')
    // Nobody is there: what the engine asks for is in its words.
    const registry = `${network.hostAddress}:9`
    const { found, probe } = await openDoor(machine, await start(machine, registry), registry)
    expect(found.doubt).toContain(doubt)
    expect(await probe(`${registry}/fairlead/probe:1`)).toContain(`https://${registry}/v2/fairlead/probe/manifests/1`)
  })
}
