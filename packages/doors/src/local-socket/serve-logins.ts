/** The agent's side of its login socket: one question per connection, answered as at a door. The file's mode, 0600, determines who may connect. */
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { parseJson } from '@fairlead/credential-path/process/parse-json'
import { z } from 'zod'
import type { DoorAnswer, DoorQuestion } from '../door.ts'

const Question = z.strictObject({
  door: z.enum(['docker', 'kubelet']),
  input: z.string(),
  maps: z.array(z.string().startsWith('/').max(4096)).max(8),
})

const questionLimit = 128 * 1024
const answerWithinMs = 50_000
/** A client that connects and sends nothing must not hold a connection. */
const silenceMs = 10_000
const mostAtOnce = 64

/** Null: the agent cannot answer this one, and the caller should do the work itself. */
export type AnswerQuestion = (question: DoorQuestion, signal: AbortSignal) => Promise<DoorAnswer | null>

/** The caller holds the lock of the state folder, so a socket left there is unused. */
export async function serveLogins(socketPath: string, answer: AnswerQuestion): Promise<AsyncDisposable> {
  rmSync(socketPath, { force: true })
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    void serveOne(socket, answer)
  })
  server.maxConnections = mostAtOnce
  await listen(server, socketPath)
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/** Created 0600 through the process's umask, so that it is never more open, even for a moment. */
async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  const mask = process.umask(0o177)
  try {
    server.listen(path, resolve)
  } finally {
    process.umask(mask)
  }
  await promise
  chmodSync(path, 0o600)
}

async function serveOne(socket: Socket, answer: AnswerQuestion): Promise<void> {
  const question = parseQuestion(await readLine(socket))
  if (question === null || socket.destroyed) return void socket.destroy()
  const gone = new AbortController()
  socket.on('close', () => gone.abort())
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(answerWithinMs)])
  const found = await answer(question, signal)
  if (!socket.destroyed) socket.end(JSON.stringify(found))
}

/** Null for anything but a question, whichever client sends it. */
export function parseQuestion(text: string | null): DoorQuestion | null {
  return Question.safeParse(text === null ? null : parseJson(text)).data ?? null
}

/** The question is one line; the client then waits, and a disconnect is noticed. Null for more than one line, or nothing in time. */
async function readLine(socket: Socket): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const parts: Buffer[] = []
  let size = 0
  const timer = setTimeout(() => resolve(null), silenceMs)
  socket.on('data', (part: Buffer) => {
    parts.push(part)
    size += part.length
    if (size > questionLimit) socket.destroy()
    else if (part.at(-1) === newline) resolve(Buffer.concat(parts).toString('utf8'))
  })
  socket.on('close', () => resolve(null))
  const line = await promise
  clearTimeout(timer)
  return line
}

const newline = 0x0a
