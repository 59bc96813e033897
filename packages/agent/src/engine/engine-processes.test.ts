import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { findEngineProcesses, listeningInodes } from './engine-processes.ts'

const uid = process.getuid?.() ?? -1
const listening = (inode: number, path: string): string =>
  `00000000e0af7998: 00000002 00000000 00010000 0001 01 ${inode} ${path}\n`

test('the engine is who listens on its socket, also where that is reached by another name of its folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'engine-'))
  const server = createServer()
  try {
    await new Promise<void>((resolve) => server.listen(join(folder, 'docker.sock'), resolve))
    await symlink(folder, `${folder}-link`)
    const expected = { uid, pids: [process.pid] }
    expect(await findEngineProcesses(join(folder, 'docker.sock'))).toEqual(expected)
    expect(await findEngineProcesses(join(`${folder}-link`, 'docker.sock'))).toEqual(expected)
  } finally {
    server.close()
    await rm(`${folder}-link`, { force: true })
    await rm(folder, { recursive: true, force: true })
  }
})

test('where there is no socket, nobody is known', async () => {
  expect(await findEngineProcesses('/nowhere/docker.sock')).toEqual({ uid: null, pids: null })
})

test('only what listens counts, not who is connected', () => {
  const path = '/run/docker.sock'
  const connected = `00000000d565ab5d: 00000003 00000000 00000000 0001 03  1078 ${path}\n`
  const table = `Num\n${connected}${listening(12, path)}${listening(13, '/run/other.sock')}${listening(14, '@/run/docker.sock')}`
  expect([...listeningInodes(table, (bound) => bound === path)]).toEqual(['12'])
})

test('S9: any table gives numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constant(listening(5, '/x')))), (pieces) => {
      for (const inode of listeningInodes(pieces.join('\n'), () => true)) expect(inode).toMatch(/^\d+$/)
    }),
  )
})
