/** A probe of an engine that is a program: what it says decides, and a broken engine is not taken for one that bypasses its door. */
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { thisMachine, type FoundEngine } from '../engines/engine-door.ts'
import { keysOf } from '../engines/mirror-place.ts'
import { doorMachineAt } from './door-machine.ts'

let folder: string
beforeEach(async () => {
  folder = newFolder('door-machine')
  const { key } = keysOf('podman', folder)
  await mkdir(dirname(key))
  await writeFile(key, 'key')
})

/** `script`: what it does instead of a pull. */
async function probe(script: string, doubt: string | null = null) {
  const way = join(folder, 'podman')
  await writeFile(way, `#!/bin/sh\n${script}\n`)
  await chmod(way, 0o755)
  const found: FoundEngine = { engine: 'podman', name: 'podman', folder: '/etc/containers', way, doubt }
  const machine = doorMachineAt({ ...thisMachine, root: folder })
  return machine.probe('r.example.com', { port: 7464, stateDir: folder }, found, new AbortController().signal)
}

describe('a probe finds that an engine', () => {
  test('is broken, with the reason in our words and its own for the terminal', async () => {
    const said = 'mkdir /var/tmp/canary: no space left on device'
    const probed = await probe(`echo '${said}' >&2; exit 125`)
    expect(probed).toMatchObject({ verdict: 'failed', words: `${said}\n`, failure: { code: 'DOOR_ENGINE_FAILED' } })
    const { what } = 'failure' in probed ? probed.failure : { what: '' }
    expect(what).toContain('its disk is full')
    expect(what).not.toContain('canary')
  })

  test('ends without a word', async () => {
    expect(await probe('kill -9 $$')).toMatchObject({ verdict: 'failed', failure: { code: 'DOOR_ENGINE_FAILED' } })
  })

  test('cannot be asked at all', async () => {
    const found: FoundEngine = { engine: 'podman', name: 'podman', folder: '', way: '/no/such/podman', doubt: null }
    const machine = doorMachineAt({ ...thisMachine, root: folder })
    const place = { port: 7464, stateDir: folder }
    expect(await machine.probe('r.example.com', place, found, new AbortController().signal)).toMatchObject({
      verdict: 'failed',
      failure: { code: 'DOOR_ENGINE_SILENT' },
    })
  })

  test('asks another server', async () => {
    const refused = 'Get "https://r.example.com/v2/": dial tcp: lookup r.example.com: no such host'
    expect(await probe(`echo '${refused}' >&2; exit 125`)).toMatchObject({ verdict: 'bypassed' })
  })

  test('pulled the name that only the door can answer, so it was not the door', async () => {
    expect(await probe('echo 0123456789abcdef')).toEqual({ verdict: 'bypassed', words: '' })
  })

  test.each([
    [null, 'failed'],
    ['it has not read its files', 'bypassed'],
  ])('ends without a clear word, whose configuration says %s: %s', async (doubt, verdict) => {
    expect(await probe('echo oops >&2; exit 1', doubt)).toMatchObject({ verdict })
  })

  test('is broken, although its configuration may lead it past the door', async () => {
    const probed = await probe('echo "database is locked" >&2; exit 1', 'it has not read its files')
    expect(probed).toMatchObject({ verdict: 'failed' })
  })
})
