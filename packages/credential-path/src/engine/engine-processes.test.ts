import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bothOf, findEngineProcesses } from './engine-processes.ts'

const uid = process.getuid?.() ?? -1

test('takes the process that listens on its socket for the engine, even through another name of the folder', async () => {
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

test('finds no engine where there is no socket', async () => {
  expect(await findEngineProcesses('/nowhere/docker.sock')).toEqual({ uid: null, pids: null })
})

test('S12: an engine of two processes is both of them, if both are known and run as one user', () => {
  const docker = { uid: 0, pids: [10] }
  expect(bothOf(docker, { uid: 0, pids: [20, 21] })).toEqual({ uid: 0, pids: [10, 20, 21] })
  expect(bothOf({ uid: 0, pids: null }, { uid: 0, pids: null })).toEqual({ uid: 0, pids: null })
})

test.for([
  ['runs as another user', { uid: 1000, pids: [20] }],
  ['is not there', { uid: null, pids: null }],
  ['cannot be seen', { uid: 0, pids: null }],
  ['is one that someone forged', { uid: 0, pids: [] }],
] as const)('S12: containerd that %s is not a part of the engine', ([, containerd]) => {
  expect(bothOf({ uid: 0, pids: [10] }, containerd)).toBeNull()
  expect(bothOf({ uid: 0, pids: [] }, { uid: 0, pids: [20] })).toBeNull()
})
