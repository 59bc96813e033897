/** S12: on this machine's kernel, a socket whose name forges a row does not make another process the engine. */
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

/** The engine's socket, which this process serves, and a daemon that listens next to it. */
async function socketsBeside(parts: AsyncDisposableStack, command: string, args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'e-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const serve = async (name: string) => {
    const server = await listen(name)
    parts.defer(() => void server.close())
  }
  const [engine, other] = [join(folder, 'd.sock'), join(folder, 'other')]
  await serve(engine)
  const daemon = spawn(command, [...args, '-e', listens, other])
  parts.defer(async () => {
    daemon.kill()
    await once(daemon, 'exit')
  })
  await once(daemon.stdout, 'data')
  return { serve, engine, other, daemon }
}

const inodeOf = (path: string, table: string): string =>
  new RegExp(`(\\d+) ${RegExp.escape(path)}$`, 'm').exec(table)?.[1] ?? ''

test('does not take a process in another network namespace for the engine: its sockets are in no table here', async () => {
  await using parts = new AsyncDisposableStack()
  const unshare = ['--net', process.execPath]
  const { serve, engine, other, daemon } = await socketsBeside(parts, 'unshare', unshare)
  const sockets = await readFile(`/proc/${daemon.pid}/net/unix`, 'latin1')
  const inode = inodeOf(other, sockets)
  const own = await readFile('/proc/net/unix', 'latin1')
  const engineInode = inodeOf(engine, own)
  expect([inode, engineInode]).not.toContain('')

  // The engine's row a second time and the daemon's once, as if the daemon's were the real one.
  await serve(`\0x\n${rowFor(inode, engine)}`)
  await serve(`\0y\n${rowFor(engineInode, engine)}`)
  expect(await findEngineProcesses(engine)).toEqual({ uid: process.getuid?.(), pids: [process.pid] })
})

test('does not take another daemon of the same user for the engine, whatever a stranger names a socket', async () => {
  await using parts = new AsyncDisposableStack()
  const { serve, engine, other } = await socketsBeside(parts, process.execPath, [])
  const table = await readFile('/proc/net/unix', 'latin1')
  const inode = inodeOf(other, table)

  // An abstract name needs no permission on any folder.
  await serve(`\0x\n${rowFor(inode, engine)}`)
  expect(await readFile('/proc/net/unix', 'latin1')).toMatch(
    new RegExp(`^0{16}: .* ${inode} ${RegExp.escape(engine)}`, 'm'),
  )
  expect(await findEngineProcesses(engine)).toEqual({ uid: process.getuid?.(), pids: [process.pid] })
})
