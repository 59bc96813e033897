import * as fc from 'fast-check'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import type { FoundEngine } from './engine-door.ts'
import { hostsToml } from './hosts-toml.ts'

const docker: FoundEngine = { engine: 'docker', name: 'Docker', folder: '/etc/docker/certs.d', way: '', doubt: null }
const mirror = { port: 7464, stateDir: '/var/lib/fairlead' }

function textOf(file: ReturnType<typeof hostsToml>): string {
  if ('link' in file) throw new Error('a link')
  return file.text
}

test('the file of a registry is in the folder of its name', () => {
  expect(hostsToml('example.jfrog.io', mirror, docker).path).toBe('/etc/docker/certs.d/example.jfrog.io/hosts.toml')
  expect(hostsToml('docker.io', mirror, docker).path).toBe('/etc/docker/certs.d/docker.io/hosts.toml')
})

test('a port is in the name as containerd looks for it first', () => {
  const { path } = hostsToml('registry.example.com:5000', mirror, docker)
  expect(path).toBe('/etc/docker/certs.d/registry.example.com_5000_/hosts.toml')
})

test('it names the mirror alone, with the keys in tables that containerd 1.6 reads; a push has a place of its own', () => {
  expect(textOf(hostsToml('example.jfrog.io', mirror, docker))).toBe(
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
  expect(textOf(hostsToml('example.jfrog.io', mirror, { ...docker, engine: 'containerd' }))).not.toContain('push')
})

test('whatever the registry, port and folder: it is TOML, and names no place but the mirror', () => {
  const registry = fc
    .tuple(fc.domain(), fc.option(fc.integer({ min: 1, max: 65_535 })))
    .map(([host, port]) => (port === null ? host : `${host}:${port}`))
  const stateDir = fc.array(fc.string({ minLength: 1 }), { minLength: 1 }).map((parts) => `/${parts.join('/')}`)
  const everything = fc.record({ registry, stateDir, port: fc.integer({ min: 1, max: 65_535 }) })
  fc.assert(
    fc.property(everything, ({ registry: name, ...place }) => {
      const { server, host } = parse(textOf(hostsToml(name, place, docker))) as { server: string; host: object }
      expect(server).toBe(`https://127.0.0.1:${place.port}/v2/${name.replace(':', '_')}`)
      expect(Object.keys(host)).toEqual([server, server.replace('/v2/', '/push/')])
      expect(new URL(server).host).toBe(place.port === 443 ? '127.0.0.1' : `127.0.0.1:${place.port}`)
    }),
  )
})
