/** A real Ray image in a private registry with TLS and token login, of which one user may pull it. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createCa,
  ensureRayImage,
  ociImageFromDir,
  pushImage,
  startRegistry,
  startTokenServer,
  type Login,
  type TestCa,
} from '@fairlead/testkit'

const cacheDir = fileURLToPath(new URL('../../../.cache', import.meta.url))
const repository = 'team/ray'

export const rayVersion = '2.55.1'

export interface PrivateImage extends AsyncDisposable {
  readonly image: string
  /** What a pull downloads. */
  readonly bytes: number
  /** `H:P`, as in the image's name. */
  readonly registry: string
  readonly realm: string
  readonly ca: TestCa
  readonly login: Login
  /** Reads the registry's files, so that no run finds them colder than another. */
  readonly warm: () => Promise<void>
}

export async function startPrivateImage(host: string): Promise<PrivateImage> {
  await using parts = new AsyncDisposableStack()
  const login = { username: 'puller', password: randomBytes(12).toString('hex') }
  const pusher = { username: 'pusher', password: randomBytes(12).toString('hex') }
  const ca = await createCa()
  const tokenServer = parts.use(
    await startTokenServer({
      host,
      tls: ca,
      users: {
        [login.username]: { password: login.password, pull: [repository] },
        [pusher.username]: { password: pusher.password, pull: ['*'], push: ['*'] },
      },
    }),
  )
  const registry = parts.use(await startRegistry({ host, tls: ca, auth: { kind: 'token', tokenServer } }))
  const layout = await ociImageFromDir(await ensureRayImage({ cacheDir, rayVersion }))
  await pushImage(registry, repository, rayVersion, layout, pusher)
  const whole = parts.move()
  return {
    image: `${registry.host}/${repository}:${rayVersion}`,
    bytes: layout.blobs.reduce((sum, { size }) => sum + size, 0),
    registry: registry.host,
    realm: tokenServer.realm,
    ca,
    login,
    warm: () => readAll(join(registry.dir, 'images')),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  }
}

async function readAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await readFile(join(entry.parentPath, entry.name))
  }
}
