import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dockerLoginsIn, isLoginFor, readDockerLogins } from './docker-logins.ts'

const auth = { auth: 'cm9ib3Q6Y2FuYXJ5' }

test('reads hosts, and nothing of what is stored for them', () => {
  const text = JSON.stringify({ auths: { 'a.example.com': auth, 'https://index.docker.io/v1/': {} }, credsStore: 'x' })
  expect(dockerLoginsIn(text)).toEqual(['a.example.com', 'https://index.docker.io/v1/'])
})

test.each(['', 'null', '[]', '{"auths": null}', '{"auths": "a.example.com"}', '{"credHelpers": {"a": "b"}}'])(
  'a config of %j has no logins',
  (text) => {
    expect(dockerLoginsIn(text)).toEqual([])
  },
)

test('S9: a file of 1 MiB is read, and not of one byte more', async () => {
  const path = join(newFolder('docker-logins'), 'config.json')
  const text = JSON.stringify({ auths: { 'a.example.com': auth } })
  await writeFile(path, text.padEnd(2 ** 20))
  expect(await readDockerLogins(path)).toEqual(['a.example.com'])
  await writeFile(path, text.padEnd(2 ** 20 + 1))
  expect(await readDockerLogins(path)).toEqual([])
})

test('S9: any file yields hosts or nothing', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => Array.isArray(dockerLoginsIn(text))))
})

test.each([
  ['registry.example.com', 'registry.example.com', true],
  ['https://registry.example.com/v2/', 'registry.example.com', true],
  ['registry.example.com:5000', 'registry.example.com', false],
  ['registry.example.com.evil.test', 'registry.example.com', false],
  ['https://index.docker.io/v1/', 'docker.io', true],
  ['registry-1.docker.io', 'docker.io', true],
  ['\u0000', 'docker.io', false],
])('an entry %s is for %s: %s', (entry, key, expected) => {
  expect(isLoginFor(entry, key)).toBe(expected)
})

test('a missing file or a folder has no logins', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-doctor-'))
  try {
    expect(await readDockerLogins(join(folder, 'config.json'))).toEqual([])
    expect(await readDockerLogins(folder)).toEqual([])
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { 'a.example.com': auth } }))
    expect(await readDockerLogins(join(folder, 'config.json'))).toEqual(['a.example.com'])
  } finally {
    await rm(folder, { recursive: true })
  }
})
