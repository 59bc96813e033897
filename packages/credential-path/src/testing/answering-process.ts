/** A Node process on a test machine that answers requests over a socket: its modules are loaded once for all of them. */
import { request } from 'node:http'
import { join } from 'node:path'
import { inLog, untilReady, type Machine } from '@fairlead/testkit'

export interface AnsweringProcess {
  /** Throws what the process threw. */
  readonly ask: <Answer>(question: object) => Promise<Answer>
}

/** Several on one machine have separate sockets. */
let started = 0

/** `script` is a module that defines `answer(question)`; its arguments and results are JSON. */
export async function startAnsweringProcess(
  machine: Pick<Machine, 'dir' | 'spawn'>,
  script: string,
  env: Record<string, string> = {},
): Promise<AnsweringProcess> {
  const socketPath = join(machine.dir, `answers-${++started}.sock`)
  const service = machine.spawn(process.execPath, ['--input-type=module', '--eval', script + serving], {
    env: { ...env, ANSWERS_SOCKET: socketPath },
  })
  await untilReady(service, 'the process listens', inLog(service, /^listening$/m), 60_000)
  return {
    async ask<Answer>(question: object) {
      const { status, text } = await post(socketPath, JSON.stringify(question))
      if (status !== 200) throw new Error(text)
      return JSON.parse(text) as Answer
    },
  }
}

const serving = `
const { createServer } = await import('node:http')
const { flushCompileCache } = await import('node:module')
createServer(async (request, response) => {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) text += piece
  try {
    response.end(JSON.stringify(await answer(JSON.parse(text))))
  } catch (error) {
    response.writeHead(500).end(String(error?.stack ?? error))
  }
}).listen(process.env.ANSWERS_SOCKET, () => console.log('listening'))
// It is killed at the end, and would save nothing then.
flushCompileCache()
`

async function post(socketPath: string, body: string): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const asked = request({ socketPath, method: 'POST' }, (answer) => {
    let text = ''
    answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    answer.on('error', reject)
  })
  asked.on('error', reject)
  asked.end(body)
  return promise
}
