/** S12: on the kernel of this machine, a socket whose name forges a row makes nobody else the engine. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findEngineProcesses } from './engine-processes.ts'

const listen = async (name: string): Promise<Server> => {
  const server = createServer()
  server.listen(name)
  await once(server, 'listening')
  return server
}

const listens = `require('net').createServer().listen(process.argv[1], () => console.log('listens'))`
const rowFor = (inode: string, path: string) => `0000000000000000: 00000002 00000000 00010000 0001 01 ${inode} ${path}`

test('nor is one in a network of its own, whose sockets are in no table here', async () => {
  await using parts = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'e-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const serve = async (name: string) => {
    const server = await listen(name)
    parts.defer(() => void server.close())
  }
  const engine = join(folder, 'd.sock')
  await serve(engine)
  const daemon = spawn('unshare', ['--net', process.execPath, '-e', listens, join(folder, 'other')])
  parts.defer(async () => {
    daemon.kill()
    await once(daemon, 'exit')
  })
  await once(daemon.stdout, 'data')
  const sockets = await readFile(`/proc/${daemon.pid}/net/unix`, 'latin1')
  const inode = new RegExp(`(\\d+) ${RegExp.escape(folder)}/other$`, 'm').exec(sockets)?.[1] ?? ''
  const own = await readFile('/proc/net/unix', 'latin1')
  const engineInode = new RegExp(`(\\d+) ${RegExp.escape(engine)}$`, 'm').exec(own)?.[1] ?? ''
  expect([inode, engineInode]).not.toContain('')

  // The engine's row a second time, and the daemon's once: as if that one were the true one.
  await serve(`\0x\n${rowFor(inode, engine)}`)
  await serve(`\0y\n${rowFor(engineInode, engine)}`)
  expect(await findEngineProcesses(engine)).toEqual({ uid: process.getuid?.(), pids: [process.pid] })
})

test('another daemon of the same user is not the engine, whatever a stranger calls his socket', async () => {
  await using parts = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'e-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const serve = async (name: string) => {
    const server = await listen(name)
    parts.defer(() => void server.close())
  }
  const engine = join(folder, 'd.sock')
  await serve(engine)
  const daemon = spawn(process.execPath, ['-e', listens, join(folder, 'other')])
  parts.defer(async () => {
    daemon.kill()
    await once(daemon, 'exit')
  })
  await once(daemon.stdout, 'data')
  const table = await readFile('/proc/net/unix', 'latin1')
  const inode = new RegExp(`(\\d+) ${RegExp.escape(folder)}/other$`, 'm').exec(table)?.[1] ?? ''

  // An abstract name needs no right to any folder.
  await serve(`\0x\n${rowFor(inode, engine)}`)
  expect(await readFile('/proc/net/unix', 'latin1')).toMatch(
    new RegExp(`^0{16}: .* ${inode} ${RegExp.escape(engine)}`, 'm'),
  )
  expect(await findEngineProcesses(engine)).toEqual({ uid: process.getuid?.(), pids: [process.pid] })
})
