import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findEngineProcesses } from './engine-processes.ts'

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
