/** Registries, the token server, pushing, and the recorder, on real parts. */
import { describe, expect, test } from 'vitest'
import {
  basicHeader,
  createCa,
  makeImage,
  makeIndex,
  pushImage,
  registryClient,
  startHostileRegistry,
  startRecorder,
  startRegistry,
  startTokenServer,
} from '../index.ts'

const login = { username: 'robot', password: 'pass:word with a colon' }
const hello = await makeImage({ files: { 'hello.txt': 'hello' }, layers: [{ randomBytes: 300_000 }] })

describe('a registry with htpasswd', () => {
  test('takes an image with the right login and withholds it from others', async () => {
    await using registry = await startRegistry({
      auth: { kind: 'htpasswd', users: { [login.username]: login.password } },
    })
    const { digest } = await pushImage(registry, 'team/app', '1', hello, login)
    expect(digest).toBe(hello.digest)

    await using reader = registryClient(registry, login, '')
    const found = await reader.send({
      method: 'GET',
      path: `/v2/team/app/manifests/1`,
      headers: { accept: hello.mediaType },
    })
    expect(found.header('docker-content-digest')).toBe(digest)
    await using stranger = registryClient(registry, null, '')
    const refused = await stranger.send({ method: 'GET', path: `/v2/team/app/manifests/1` })
    expect(refused.status).toBe(401)
    expect(refused.header('www-authenticate')).toMatch(/^Basic realm=/)
  })

  test('accepts the new password immediately after a rotation', async () => {
    await using registry = await startRegistry({ auth: { kind: 'htpasswd', users: { robot: 'old' } } })
    const ask = async (password: string): Promise<number> => {
      await using client = registryClient(registry, { username: 'robot', password }, '')
      return (await client.send({ method: 'GET', path: '/v2/' })).status
    }
    expect(await ask('old')).toBe(200)
    await registry.rotate('robot', 'new')
    expect([await ask('old'), await ask('new')]).toEqual([401, 200])
  })
})

describe('a registry with a token server', () => {
  test('issues a token for what the user may do, over TLS, and records who asked', async () => {
    const tls = await createCa()
    await using tokenServer = await startTokenServer({
      tls,
      users: {
        writer: { password: 'w', pull: ['*'], push: ['*'] },
        reader: { password: 'r', pull: ['team/app'] },
      },
    })
    await using registry = await startRegistry({ tls, auth: { kind: 'token', tokenServer } })
    await pushImage(registry, 'team/app', '1', hello, { username: 'writer', password: 'w' })
    await pushImage(registry, 'team/other', '1', hello, { username: 'writer', password: 'w' })

    const pull = async (repository: string): Promise<number> => {
      const reader = { username: 'reader', password: 'r' }
      await using client = registryClient(registry, reader, `repository:${repository}:pull`)
      const answer = await client.send({
        method: 'HEAD',
        path: `/v2/${repository}/manifests/1`,
        headers: { accept: hello.mediaType },
      })
      return answer.status
    }
    expect([await pull('team/app'), await pull('team/other')]).toEqual([200, 401])
    expect(tokenServer.requests.at(-1)).toMatchObject({ user: 'reader', status: 200, path: '/token' })
    expect(JSON.stringify(tokenServer.requests)).not.toContain('password')
  })

  test('refuses a wrong password, and the old one after a rotation', async () => {
    await using tokenServer = await startTokenServer({ users: { robot: { password: 'old', pull: ['*'] } } })
    const ask = async (password: string): Promise<number> => {
      const authorization = basicHeader({ username: 'robot', password })
      return (await fetch(`${tokenServer.realm}?scope=repository:a:pull`, { headers: { authorization } })).status
    }
    expect([await ask('wrong'), await ask('old')]).toEqual([401, 200])
    tokenServer.rotate('robot', 'new')
    expect([await ask('old'), await ask('new')]).toEqual([401, 200])
    expect(tokenServer.requests.map(({ user }) => user)).toEqual([null, 'robot', null, 'robot'])
  })
})

test('an index is pushed with the image of each platform', async () => {
  await using registry = await startRegistry({ auth: { kind: 'none' } })
  const arm = await makeImage({ platform: { os: 'linux', architecture: 'arm64' }, base: 'none', files: { a: 'b' } })
  const index = makeIndex([hello, arm])
  const { digest } = await pushImage(registry, 'team/app', 'multi', index, null)
  await using client = registryClient(registry, null, '')
  const answer = await client.send({
    method: 'GET',
    path: '/v2/team/app/manifests/multi',
    headers: { accept: index.mediaType },
  })
  expect(answer.header('docker-content-digest')).toBe(digest)
})

test('a registry that cannot start says so with the end of its log', async () => {
  await using first = await startRegistry({ auth: { kind: 'none' } })
  const second = startRegistry({ auth: { kind: 'none' }, port: first.port })
  await expect(second).rejects.toThrow(/ended with 1 instead[\s\S]*address already in use/)
})

test('a registry restarted on its folder and port still has its images', async () => {
  const first = await startRegistry({ auth: { kind: 'none' } })
  await pushImage(first, 'a', '1', hello, null)
  await first.stop()
  await using again = await startRegistry({ auth: { kind: 'none' }, dir: first.dir, port: first.port })
  await using client = registryClient(again, null, '')
  expect((await client.send({ method: 'GET', path: '/v2/a/tags/list' })).body.toString()).toContain('"1"')
})

test('the recorder sees a client that follows a hostile realm, password included', async () => {
  await using villain = await startRecorder()
  await using registry = await startHostileRegistry({ realm: `${villain.origin}/token` })
  await using client = registryClient({ url: registry.origin, caPem: null }, login, 'repository:a:pull')
  await client.send({ method: 'GET', path: '/v2/' })
  expect(villain.requests[0]?.login).toEqual(login)
  expect([villain.saw(login.password), registry.saw(login.password)]).toEqual([true, false])
  expect(registry.requests.map(({ headers }) => headers.authorization)).toEqual([
    undefined,
    'Bearer a-token-of-the-villain',
  ])
})

test('a certificate is valid for its names and no other', async () => {
  const ca = await createCa()
  await using recorder = await startRecorder({ tls: ca, name: 'localhost' })
  await using client = registryClient({ url: recorder.origin, caPem: ca.caPem }, null, '')
  expect((await client.send({ method: 'GET', path: '/' })).status).toBe(200)
  await using stranger = registryClient({ url: recorder.origin, caPem: null }, null, '')
  await expect(stranger.send({ method: 'GET', path: '/' })).rejects.toThrow(/certificate/)
})
