import * as fc from 'fast-check'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import type { FoundEngine } from './engine-door.ts'
import { hostsFiles } from './hosts-toml.ts'

const docker: FoundEngine = { engine: 'docker', name: 'Docker', folder: '/etc/docker/certs.d', way: '', doubt: null }
const mirror = { port: 7464, stateDir: '/var/lib/fairlead' }

/** Each has the same text. */
function textOf(files: ReturnType<typeof hostsFiles>): string {
  const [text, ...others] = new Set(files.map((file) => ('text' in file ? file.text : 'a link')))
  if (text === undefined || others.length > 0) throw new Error('no file, or another text')
  return text
}
const pathsOf = (registry: string) =>
  hostsFiles(registry, mirror, docker).map(({ path }) => /^\/etc\/docker\/certs\.d\/(.*)\/hosts\.toml$/.exec(path)?.[1])

test('the file of a registry is in the folder of each of its names, as the library looks for it first', () => {
  expect(pathsOf('example.jfrog.io')).toEqual(['example.jfrog.io', 'example.jfrog.io_443_'])
  expect(pathsOf('registry.example.com:5000')).toEqual(['registry.example.com_5000_'])
  expect(pathsOf('docker.io')).toEqual(
    ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'].flatMap((name) => [
      name,
      `${name}_443_`,
    ]),
  )
})

test('it names the mirror alone, with the keys in tables that containerd 1.6 reads; a push has a place of its own', () => {
  expect(textOf(hostsFiles('example.jfrog.io', mirror, docker))).toBe(
    `# Written by fairlead for its door; \`fairlead door close example.jfrog.io\` removes it and restores what was here.
server = "https://127.0.0.1:7464/v2/example.jfrog.io"

[host."https://127.0.0.1:7464/v2/example.jfrog.io"]
capabilities = [ "pull", "resolve" ]
override_path = true
ca = "/var/lib/fairlead/door/ca.crt"
client = [ [ "/var/lib/fairlead/door/docker.crt", "/var/lib/fairlead/door/docker.key" ] ]

[host."https://127.0.0.1:7464/push/example.jfrog.io"]
capabilities = [ "push" ]
override_path = true
ca = "/var/lib/fairlead/door/ca.crt"
client = [ [ "/var/lib/fairlead/door/docker.crt", "/var/lib/fairlead/door/docker.key" ] ]
`,
  )
})

test('containerd under a kubelet never pushes, and has no place to push to', () => {
  expect(textOf(hostsFiles('example.jfrog.io', mirror, { ...docker, engine: 'containerd' }))).not.toContain('push')
})

test('whatever the registry, port and folder: it is TOML, and names no place but the mirror', () => {
  const registry = fc
    .tuple(fc.domain(), fc.option(fc.integer({ min: 1, max: 65_535 })))
    .map(([host, port]) => (port === null ? host : `${host}:${port}`))
  const stateDir = fc.array(fc.string({ minLength: 1 }), { minLength: 1 }).map((parts) => `/${parts.join('/')}`)
  const everything = fc.record({ registry, stateDir, port: fc.integer({ min: 1, max: 65_535 }) })
  fc.assert(
    fc.property(everything, ({ registry: name, ...place }) => {
      const { server, host } = parse(textOf(hostsFiles(name, place, docker))) as { server: string; host: object }
      expect(server).toBe(`https://127.0.0.1:${place.port}/v2/${name.replace(':', '_')}`)
      expect(Object.keys(host)).toEqual([server, server.replace('/v2/', '/push/')])
      expect(new URL(server).host).toBe(place.port === 443 ? '127.0.0.1' : `127.0.0.1:${place.port}`)
    }),
  )
})
