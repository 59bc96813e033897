/** The mirror's keys: who can read them, what they prove, and when they are replaced. */
import { createPrivateKey as createKey, X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { keysOf } from '../engines/mirror-place.ts'
import { openMirrorKeys } from './keys.ts'

const now = Date.now()
const day = 24 * 3600 * 1000
let stateDir: string
beforeEach(() => {
  stateDir = newFolder('mirror-keys')
})
const read = (name: string) => readFileSync(join(stateDir, 'door', name), 'utf8')
const certificate = (name: string) => new X509Certificate(read(name))

describe('the keys of the mirror', () => {
  test('S5: can be read by their owner alone, and the key of their authority is nowhere', async () => {
    await openMirrorKeys(stateDir, now)
    expect(statSync(join(stateDir, 'door')).mode & 0o777).toBe(0o700)
    const files = readdirSync(join(stateDir, 'door')).toSorted()
    expect(files).toEqual([
      'ca.crt',
      'containerd.crt',
      'containerd.key',
      'docker.crt',
      'docker.key',
      'podman.crt',
      'podman.key',
      'server.crt',
      'server.key',
    ])
    for (const file of files) expect(statSync(join(stateDir, 'door', file)).mode & 0o777).toBe(0o600)
    const authority = certificate('ca.crt')
    const pems = files.filter((file) => file.endsWith('.key')).map((file) => createKey(read(file)))
    expect(pems.some((key) => authority.checkPrivateKey(key))).toBe(false)
  })

  test('are issued by one authority: the mirror is 127.0.0.1, and each engine has its name', async () => {
    await openMirrorKeys(stateDir, now)
    const authority = certificate('ca.crt')
    for (const name of ['server', 'docker', 'containerd', 'podman']) {
      expect(certificate(`${name}.crt`).verify(authority.publicKey)).toBe(true)
    }
    expect(certificate('server.crt').checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate('docker.crt').subject).toBe('CN=docker')
  })

  test('of an engine cannot serve, so that whoever has one cannot pass for the mirror', async () => {
    await openMirrorKeys(stateDir, now)
    expect(certificate('server.crt').keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(certificate('docker.crt').keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(certificate('docker.crt').checkIP('127.0.0.1')).toBeUndefined()
  })

  test('are made again if any of their files holds anything else, or is cut off at any place', async () => {
    await openMirrorKeys(stateDir, now)
    const other = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => () => bytes),
      fc.double({ min: 0, max: 0.99, noNaN: true }).map((part) => (text: string) => text.slice(0, text.length * part)),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...readdirSync(join(stateDir, 'door'))), other, async (name, change) => {
        writeFileSync(join(stateDir, 'door', name), change(read(name)))
        const keys = await openMirrorKeys(stateDir, now)
        expect(keys.ca).toBe(read('ca.crt'))
        for (const holder of ['server', 'docker', 'containerd', 'podman']) {
          expect(certificate(`${holder}.crt`).verify(certificate('ca.crt').publicKey)).toBe(true)
          expect(certificate(`${holder}.crt`).checkPrivateKey(createKey(read(`${holder}.key`)))).toBe(true)
        }
      }),
      // Each makes nine files, and syncs them to disk.
      { numRuns: 8 },
    )
  })

  test('stay the same after a restart, until a third of their life is left', async () => {
    const first = await openMirrorKeys(stateDir, now)
    expect(await openMirrorKeys(stateDir, now + 59 * day)).toEqual(first)
    expect((await openMirrorKeys(stateDir, now + 61 * day)).ca).not.toBe(first.ca)
  })

  describe('that follow', () => {
    const all = ['server.crt', 'server.key', 'docker.crt', 'docker.key', 'containerd.key', 'podman.key']
    const contents = () => all.map(read)
    const authorities = () => read('ca.crt').split(/(?<=-----END CERTIFICATE-----\n)/)
    let before: string[]
    beforeEach(async () => {
      await openMirrorKeys(stateDir, now)
      before = contents()
      await openMirrorKeys(stateDir, now + 60 * day)
    })

    test('are trusted for a day before any of them is used', async () => {
      expect(authorities()).toHaveLength(2)
      expect(contents()).toEqual(before)
      await openMirrorKeys(stateDir, now + 60.9 * day)
      expect(contents()).toEqual(before)
    })

    test('are then used all together, beside the trust in those before', async () => {
      const [first = '', second = ''] = authorities()
      const used = await openMirrorKeys(stateDir, now + 61.1 * day)
      for (const [index, content] of contents().entries()) expect(content).not.toBe(before[index])
      expect(used).toMatchObject({ ca: first + second, certificate: read('server.crt'), key: read('server.key') })
      for (const name of ['server', 'docker', 'containerd', 'podman']) {
        expect(certificate(`${name}.crt`).verify(new X509Certificate(second).publicKey)).toBe(true)
        expect(certificate(`${name}.crt`).checkPrivateKey(createKey(read(`${name}.key`)))).toBe(true)
      }
      expect(existsSync(join(stateDir, 'door', 'next'))).toBe(false)
      // And the ones after them: no more than two authorities are trusted.
      await openMirrorKeys(stateDir, now + 122 * day)
      expect(authorities().slice(0, 1)).toEqual([second])
      expect(authorities()).toHaveLength(2)
    })

    test('S5: can be read by their owner alone, too', () => {
      const next = join(stateDir, 'door', 'next')
      expect(statSync(next).mode & 0o777).toBe(0o700)
      for (const file of readdirSync(next)) expect(statSync(join(next, file)).mode & 0o777).toBe(0o600)
    })

    test('are used by an agent that was stopped while it began to use them', async () => {
      renameSync(join(stateDir, 'door', 'next', 'docker.key'), join(stateDir, 'door', 'docker.key'))
      renameSync(join(stateDir, 'door', 'next', 'server.key'), join(stateDir, 'door', 'server.key'))
      await openMirrorKeys(stateDir, now + 61.1 * day)
      for (const name of ['server', 'docker', 'containerd', 'podman']) {
        expect(certificate(`${name}.crt`).checkPrivateKey(createKey(read(`${name}.key`)))).toBe(true)
      }
    })

    test('are made once more by an agent that was stopped before they were trusted', async () => {
      const [first = '', second = ''] = authorities()
      writeFileSync(join(stateDir, 'door', 'ca.crt'), first)
      await openMirrorKeys(stateDir, now + 61.1 * day)
      expect(contents()).toEqual(before)
      expect(authorities()).toHaveLength(2)
      expect(authorities()).not.toContain(second)
    })
  })

  test('that expire before the next could be known for a day are replaced at once', async () => {
    const first = await openMirrorKeys(stateDir, now)
    const renewed = await openMirrorKeys(stateDir, now + 89.5 * day)
    expect(renewed.ca).not.toContain(first.ca)
    expect(certificate('docker.crt').verify(new X509Certificate(renewed.ca).publicKey)).toBe(true)
  })

  test('are made again if a clock that was ahead made them', async () => {
    const ahead = await openMirrorKeys(stateDir, now + 30 * day)
    const right = await openMirrorKeys(stateDir, now)
    expect(right.ca).not.toBe(ahead.ca)
    expect(right.validFrom).toBeLessThanOrEqual(now)
  })

  test.each(['ca.crt', 'server.key', 'podman.key', 'docker.crt'])(
    'are made again as a set if %s is missing',
    async (name) => {
      const first = await openMirrorKeys(stateDir, now)
      rmSync(join(stateDir, 'door', name))
      expect((await openMirrorKeys(stateDir, now)).ca).not.toBe(first.ca)
    },
  )

  test('are made again as a set if one is of another set, or is not a certificate', async () => {
    const first = await openMirrorKeys(stateDir, now)
    writeFileSync(keysOf('docker', stateDir).certificate, 'nothing')
    const second = await openMirrorKeys(stateDir, now)
    expect(second.ca).not.toBe(first.ca)
    writeFileSync(join(stateDir, 'door', 'ca.crt'), first.ca)
    expect((await openMirrorKeys(stateDir, now)).ca).not.toBe(first.ca)
  })
})
