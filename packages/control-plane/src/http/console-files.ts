/** The web console's files, read at startup and served from memory under a policy that lets a page load or request nothing from elsewhere. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import { acceptsEncoding } from './compressed.ts'

export interface ConsoleFiles {
  /** Null if the console has nothing at that path. */
  answer(request: { method: string; path: string; header: (name: string) => string | undefined }): Response | null
}

interface ConsoleFile {
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** By the name of the encoding, the smallest first. */
  readonly encoded: readonly (readonly [name: 'br' | 'gzip', bytes: Uint8Array<ArrayBuffer>])[]
  readonly etag: string
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Beside a file, the build wrote it again with each of these: Brotli takes seconds for all of them. */
const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

const policy = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ')

const guards = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** The folder that a build of the console wrote, or the files themselves by their path in it. */
export type ConsoleSource = string | ReadonlyMap<string, Uint8Array>

export async function readConsoleFiles(source: ConsoleSource): Promise<ConsoleFiles> {
  const files = prepare(typeof source === 'string' ? await readFolder(source) : source)
  const page = files.get('/index.html')
  if (page === undefined) {
    const path = typeof source === 'string' ? join(source, 'index.html') : 'index.html'
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason: 'the console is not built' })
  }
  return {
    answer({ method, path, header }) {
      if (method !== 'GET' && method !== 'HEAD') return null
      const file = files.get(path) ?? (isPage(path) ? page : undefined)
      return file === undefined
        ? null
        : respond(file, { method, isNamedByContent: path.startsWith('/assets/'), header })
    },
  }
}

/** Page addresses belong to the console's own routes; anything with a dot or under the API does not. */
function isPage(path: string): boolean {
  // Metrics may have a separate listener; a page at this path would look like an answer.
  return !path.startsWith('/api/') && path !== '/metrics' && !/\.[A-Za-z0-9]{1,8}$/.test(path)
}

function respond(
  file: ConsoleFile,
  asked: { method: string; isNamedByContent: boolean; header: (name: string) => string | undefined },
): Response {
  const headers = new Headers({
    ...guards,
    'content-type': file.type,
    etag: file.etag,
    vary: 'accept-encoding',
    'cache-control': asked.isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (asked.header('if-none-match') === file.etag) return new Response(null, { status: 304, headers })
  const accepted = asked.header('accept-encoding')
  const [encoding, bytes] = file.encoded.find(([name]) => acceptsEncoding(accepted, name)) ?? [null, file.bytes]
  if (encoding !== null) headers.set('content-encoding', encoding)
  headers.set('content-length', String(bytes.byteLength))
  return new Response(asked.method === 'HEAD' ? null : bytes, { headers })
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const read = async (path: string) => [relative(folder, path).split(sep).join('/'), await readFile(path)] as const
  return new Map(await Promise.all(paths.map(read)))
}

function prepare(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, ConsoleFile> {
  const isCompressed = (path: string) => encodings.some(([, end]) => path.endsWith(end))
  const prepared = [...files].flatMap(([path, content]): [string, ConsoleFile][] => {
    if (isCompressed(path)) return []
    const bytes = new Uint8Array(content)
    const type = types[extname(path)] ?? 'application/octet-stream'
    const encoded = encodings.flatMap(([name, end]): ConsoleFile['encoded'] => {
      const small = files.get(`${path}${end}`)
      return small === undefined ? [] : [[name, new Uint8Array(small)]]
    })
    const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`
    return [[`/${path}`, { type, bytes, encoded, etag }]]
  })
  return new Map(prepared)
}
