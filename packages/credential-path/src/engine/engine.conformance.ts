/** The contract for images and containers that every Engine must meet. Docker runs both parts; a fake runs the part it implements. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleContainer } from '../testing/sample-container.ts'
import type { ContainerSpec, Engine } from './engine.ts'

export interface ImageCase extends AsyncDisposable {
  readonly engine: Engine
  /** `host/path@sha256:…` of a pullable image. */
  readonly reference: string
  /** The same repository, with a digest it does not have. */
  readonly missing: string
}

const never = new AbortController().signal

export function describeEngineImages(name: string, open: () => Promise<ImageCase>): void {
  describe(`${name}: images`, () => {
    let at: ImageCase
    beforeAll(async () => {
      at = await open()
    })
    afterAll(() => at[Symbol.asyncDispose]())

    test('reports the version and platform of the engine', async () => {
      const version = await at.engine.version(never)
      expect(version).toMatchObject({ os: 'linux', arch: expect.stringMatching(/^(amd64|arm64)$/) })
      expect(version.apiVersion).toMatch(/^1\.\d+$/)
    })

    test('returns null for an image that was never pulled', async () => {
      expect(await at.engine.image(at.reference, never)).toBeNull()
      expect(await at.engine.image(`sha256:${'0'.repeat(64)}`, never)).toBeNull()
    })

    test('reports a missing digest as a problem, even if the answer is a 200', async () => {
      await expect(at.engine.pull(at.missing, never)).rejects.toMatchObject({ name: 'Problem' })
    })

    test('finds an image pulled by digest by name and by id, with its platform', async () => {
      await at.engine.pull(at.reference, never)
      const image = await at.engine.image(at.reference, never)
      expect(image).toMatchObject({ id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), os: 'linux' })
      expect(await at.engine.image(image?.id ?? '', never)).toEqual(image)
    })

    test('allows the same pull again', async () => {
      await at.engine.pull(at.reference, never)
    })

    test('keeps an image while one of its names remains, and removes it with the last', async () => {
      const { id } = (await at.engine.image(at.reference, never))!
      await at.engine.tag(id, 'registry.example.com/team/app', 'kept', never)
      await at.engine.untag(at.reference, never)
      expect(await at.engine.image(at.reference, never)).toBeNull()
      expect(await at.engine.image('registry.example.com/team/app:kept', never)).toMatchObject({ id })
      await at.engine.untag('registry.example.com/team/app:kept', never)
      expect(await at.engine.image(id, never)).toBeNull()
    })

    test('lists the tags in one repository, and no others', async () => {
      await at.engine.pull(at.reference, never)
      const { id } = (await at.engine.image(at.reference, never))!
      const names = ['localhost/tagged', 'localhost/tagged-too', 'localhost/tagged/below'] as const
      await at.engine.tag(id, names[0], 'one', never)
      await at.engine.tag(id, names[0], 'bld_two', never)
      await at.engine.tag(id, names[1], 'three', never)
      await at.engine.tag(id, names[2], 'four', never)
      expect((await at.engine.tags(names[0], never)).toSorted()).toEqual(['bld_two', 'one'])
      for (const name of [`${names[0]}:one`, `${names[0]}:bld_two`, `${names[1]}:three`, `${names[2]}:four`])
        await at.engine.untag(name, never)
      expect(await at.engine.tags(names[0], never)).toEqual([])
    })

    test('allows dropping a name that is already gone', async () => {
      await at.engine.untag('registry.example.com/team/app:kept', never)
    })

    test('ends an aborted pull with INTERRUPTED', async () => {
      const stopped = AbortSignal.abort()
      await expect(at.engine.pull(at.reference, stopped)).rejects.toMatchObject({ code: 'INTERRUPTED' })
    })
  })
}

export interface ContainerCase extends AsyncDisposable {
  readonly engine: Engine
  /** An image with a shell that is already present, under one name. */
  readonly imageId: string
  readonly imageName: string
  /** A folder on the engine's machine to mount. */
  readonly folder: string
}

export function describeEngineContainers(name: string, open: () => Promise<ContainerCase>): void {
  describe(`${name}: containers`, () => {
    let at: ContainerCase
    let made = 0
    beforeAll(async () => {
      at = await open()
    })
    afterAll(() => at[Symbol.asyncDispose]())

    const label = 'dev.fairlead.test'
    const spec = (asked: Partial<ContainerSpec> = {}): ContainerSpec =>
      sampleContainer({
        name: `fairlead-conformance-${++made}`,
        imageId: at.imageId,
        command: ['sh', '-c', 'trap exit TERM; echo out; echo err >&2; sleep 1000 & wait'],
        env: { GREETING: 'a=b c' },
        labels: { [label]: 'yes' },
        ...asked,
      })
    const run = async (asked: Partial<ContainerSpec> = {}): Promise<string> => {
      const id = await at.engine.createContainer(spec(asked), never)
      await at.engine.startContainer(id, never)
      return id
    }
    const found = async (id: string) => (await at.engine.containers(label, never)).find((one) => one.id === id)
    const shell = async (id: string, script: string): Promise<string> =>
      (await at.engine.exec(id, ['sh', '-c', script], never)).stdout.trim()

    test('creates, runs, stops and removes one; each call may be repeated', async () => {
      const asked = spec()
      const id = await at.engine.createContainer(asked, never)
      expect(await found(id)).toEqual({
        id,
        name: asked.name,
        labels: expect.objectContaining({ [label]: 'yes' }),
        state: 'created',
        exitStatus: null,
        cgroupParent: null,
        pid: null,
      })
      await at.engine.startContainer(id, never)
      await at.engine.startContainer(id, never)
      expect(await found(id)).toMatchObject({ state: 'running', exitStatus: null, pid: expect.any(Number) })
      await at.engine.stopContainer(id, 5, never)
      await at.engine.stopContainer(id, 5, never)
      expect(await found(id)).toMatchObject({ state: 'exited', exitStatus: expect.any(Number), pid: null })
      await at.engine.removeContainer(id, never)
      await at.engine.removeContainer(id, never)
      expect(await found(id)).toBeUndefined()
      await at.engine.stopContainer(id, 5, never)
    })

    test('knows the cgroup of one before it starts (S14)', async () => {
      const id = await at.engine.createContainer(spec({ cgroupParent: '/fairlead' }), never)
      expect(await found(id)).toMatchObject({ state: 'created', cgroupParent: '/fairlead' })
    })

    test('knows the exit status of one that ended without being stopped', async () => {
      const id = await run({ command: ['sh', '-c', 'exit 7'] })
      await expect.poll(() => found(id)).toMatchObject({ state: 'exited', exitStatus: 7 })
    })

    test('reports a command missing from the image as CONTAINER_START_FAILED, and gives the container a shell status', async () => {
      const id = await at.engine.createContainer(spec({ command: ['/no/such/command'] }), never)
      await expect(at.engine.startContainer(id, never)).rejects.toMatchObject({ code: 'CONTAINER_START_FAILED' })
      expect(await found(id)).toMatchObject({ state: 'created', exitStatus: 127 })
    })

    test('rejects a name that is in use', async () => {
      const asked = spec()
      await at.engine.createContainer(asked, never)
      await expect(at.engine.createContainer(asked, never)).rejects.toMatchObject({
        code: 'ENGINE_FAILED',
        facts: { http_status: 409 },
      })
    })

    test('returns both streams and the status of a command', async () => {
      const id = await run()
      expect(await at.engine.exec(id, ['sh', '-c', 'echo one; echo two >&2; exit 3'], never)).toEqual({
        exitStatus: 3,
        stdout: 'one\n',
        stderr: 'two\n',
      })
    })

    test('cuts the output of a command at 64 KiB', async () => {
      const id = await run()
      const { stdout } = await at.engine.exec(id, ['sh', '-c', 'head -c 200000 /dev/zero | tr "\\0" x'], never)
      expect(stdout).toHaveLength(64 * 1024)
    })

    test('ends a command that runs forever when the signal fires', async () => {
      const id = await run()
      const stop = AbortSignal.timeout(300)
      await expect(at.engine.exec(id, ['sleep', '1000'], stop)).rejects.toMatchObject({ code: 'INTERRUPTED' })
    })

    test('keeps the last lines of output from both streams', async () => {
      const id = await run({ command: ['sh', '-c', 'seq 1 50; echo err >&2'] })
      await expect.poll(() => at.engine.logs(id, 3, never)).toMatch(/^(?:.*\n){3}$/)
      expect(await at.engine.logs(id, 100, never)).toContain('err')
    })

    test('makes a file available before start, for any user in the container', async () => {
      const id = await at.engine.createContainer(spec(), never)
      const file = { path: '/run/fairlead/ray-token', content: 'frt_canary', mode: 0o444 }
      await at.engine.putFile(id, file, never)
      await at.engine.putFile(id, file, never)
      await at.engine.startContainer(id, never)
      expect(await shell(id, 'cat /run/fairlead/ray-token; ls -ln /run/fairlead/ray-token')).toMatch(
        /^frt_canary-r--r--r-- +1 +0 +0 /,
      )
    })

    test('passes env vars unchanged', async () => {
      expect(await shell(await run(), 'echo "$GREETING"')).toBe('a=b c')
    })

    test('gives no raw sockets or network settings (S14)', async () => {
      const effective = BigInt(`0x${await shell(await run(), "sed -n 's/^CapEff:\\t//p' /proc/1/status")}`)
      const has = (capability: bigint): boolean => (effective >> capability) % 2n === 1n
      expect({ netRaw: has(13n), netAdmin: has(12n), sysAdmin: has(21n) }).toEqual({
        netRaw: false,
        netAdmin: false,
        sysAdmin: false,
      })
    })

    test('gives root on the host’s network no port below 1024, where a server counts as the machine’s root (S14)', async () => {
      const id = await run()
      const serve = (port: number) => shell(id, `timeout 1 httpd -f -p 127.0.0.1:${port} 2>&1 || echo "ended with $?"`)
      expect(await serve(913)).toMatch(/Permission denied\nended with 1$/)
      expect(await serve(49_913)).toMatch(/^ended with 143$/m)
    })

    test('applies shared memory, limits and mounts as requested', async () => {
      const id = await run({
        shmBytes: 128 * 1024 * 1024,
        ulimits: [{ name: 'nofile', soft: 1234, hard: 2345 }],
        mounts: [{ source: at.folder, target: '/mounted', readOnly: true }],
      })
      expect(await shell(id, 'df -k /dev/shm | tail -n 1')).toContain(' 131072 ')
      // Of the container's first process: in one started later, runc 1.1 may raise the lower of the two (opencontainers/runc#4195).
      expect(await shell(id, "sed -n 's/^Max open files *//p' /proc/1/limits")).toMatch(/^1234 +2345 /)
      expect(await shell(id, 'touch /mounted/x 2>/dev/null && echo written || echo read-only')).toBe('read-only')
    })

    test('keep the last name of their image, running or not, and let go of any other', async () => {
      const [repository, name] = ['localhost/used', 'localhost/used:once']
      const id = await at.engine.createContainer(spec(), never)
      await at.engine.tag(at.imageId, repository, 'once', never)
      await at.engine.untag(name, never)
      expect(await at.engine.tags(repository, never)).toEqual([])
      await at.engine.tag(at.imageId, repository, 'once', never)
      await at.engine.untag(at.imageName, never)
      await expect(at.engine.untag(name, never)).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
      await at.engine.startContainer(id, never)
      await expect(at.engine.untag(name, never)).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
      expect(await at.engine.image(at.imageId, never)).not.toBeNull()
      expect(await shell(id, 'echo well')).toBe('well')
    })

    test('lists only those with the label', async () => {
      await at.engine.createContainer(spec({ labels: { other: 'yes' } }), never)
      const listed = await at.engine.containers(label, never)
      expect(listed.every((container) => label in container.labels)).toBe(true)
    })
  })
}
