import { expect, test } from 'vitest'
import { parseImageReference } from './image-reference.ts'
import { isNamedByImages, parseRegistryHost, registryOf, spellingsOf } from './registry-host.ts'

test.each([
  'ubuntu',
  'docker.io/a/b',
  'INDEX.docker.io/a',
  'registry-1.docker.io/a/b',
  'registry.hub.docker.com:443/a',
])('%s is on Docker Hub, which is contacted at one host', (name) => {
  expect(registryOf(parseImageReference(name))).toEqual({
    key: 'docker.io',
    host: 'registry-1.docker.io',
    port: null,
    contact: 'registry-1.docker.io',
    isDockerHub: true,
    isLoopback: false,
  })
})

test('another port of a Docker Hub name is another registry', () => {
  expect(parseRegistryHost('docker.io:5000')).toMatchObject({ key: 'docker.io:5000', isDockerHub: false })
})

test('the default port and upper case are normalised, and loopback is recognised', () => {
  expect(parseRegistryHost('Reg.Example.com:443')).toMatchObject({
    key: 'reg.example.com',
    port: null,
    isLoopback: false,
  })
  expect(parseRegistryHost('127.0.0.1:5000')).toMatchObject({ key: '127.0.0.1:5000', port: 5000, isLoopback: true })
  expect(parseRegistryHost('[::1]:5000')).toMatchObject({ contact: '[::1]:5000', isLoopback: true })
})

test('S23: port 443 of a loopback host is kept, since without a port it may be contacted over http', () => {
  expect(parseRegistryHost('localhost:443')).toMatchObject({ key: 'localhost:443', port: 443 })
  expect(parseRegistryHost('[::1]:443')).toMatchObject({ key: '[::1]:443', port: 443 })
  expect(parseRegistryHost('localhost')).toMatchObject({ key: 'localhost', port: null })
})

test.each(['0x7f.1/app', '2130706433:5000/app', 'reg.example.com:05000/app', '[::ffff:7f00:1]/app', '127.1/app'])(
  '%s is an image name, but its host cannot be compared',
  (name) => {
    const image = parseImageReference(name)
    expect(() => registryOf(image)).toThrow(expect.objectContaining({ code: 'IMAGE_REF_INVALID' }))
  },
)

test.each([
  ['registry.example.com', true],
  ['registry', false],
  ['registry:5000', true],
  ['localhost', true],
  ['docker.io', true],
  ['index.docker.io', true],
  ['10.0.0.5', true],
  ['[::1]:5000', true],
])('can an image be on %s: %s', (host, isNamed) => {
  const registry = parseRegistryHost(host)
  expect(registry !== null && isNamedByImages(registry)).toBe(isNamed)
})

test('a registry has a name with its port and one without, and Docker Hub has eight', () => {
  expect(spellingsOf('r.example.com')).toEqual(['r.example.com', 'r.example.com:443'])
  expect(spellingsOf('r.example.com:5000')).toEqual(['r.example.com:5000'])
  expect(spellingsOf('127.0.0.1')).toEqual(['127.0.0.1'])
  expect(spellingsOf('docker.io')).toHaveLength(8)
  for (const key of ['r.example.com', 'r.example.com:5000', '127.0.0.1', 'docker.io']) {
    expect(spellingsOf(key)[0]).toBe(key)
    expect(new Set(spellingsOf(key).map((name) => parseRegistryHost(name)?.key))).toEqual(new Set([key]))
  }
})
