/** Asks this machine's agent over its socket, so that its secret cache is used here too. Loads next to nothing. */
import { lstatSync } from 'node:fs'
import { connect } from 'node:net'
import type { DoorAnswer, DoorQuestion } from '../door.ts'

const answerLimit = 512 * 1024
/** Longer than the agent's own limit. */
const patienceMs = 60_000

/**
 * Null if no agent answers, so that the caller does the work itself. The socket must belong to root or this user: an answer is passed on as a login.
 */
export async function askAgent(socketPath: string, question: DoorQuestion, uid: number): Promise<DoorAnswer | null> {
  if (!isTrusted(socketPath, uid)) return null
  const answer = await exchange(socketPath, `${JSON.stringify(question)}\n`)
  return answer === null ? null : readAnswer(answer)
}

function isTrusted(path: string, uid: number): boolean {
  try {
    const found = lstatSync(path)
    return found.isSocket() && (found.uid === 0 || found.uid === uid)
  } catch {
    // There is none, or it is in the folder of root's agent, which only root may look into.
    return false
  }
}

async function exchange(path: string, text: string): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const parts: Buffer[] = []
  let size = 0
  const socket = connect(path)
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('the agent does not answer')))
  socket.on('data', (part: Buffer) => {
    parts.push(part)
    size += part.length
    if (size > answerLimit) socket.destroy(new Error('the answer is too long'))
  })
  // Whatever is wrong with the agent, the work can be done without it.
  socket.on('error', () => resolve(null))
  socket.on('end', () => resolve(Buffer.concat(parts).toString('utf8')))
  socket.on('close', () => resolve(null))
  socket.write(text)
  return promise
}

/** Also null for the agent's `null`: it cannot answer this question. */
function readAnswer(text: string): DoorAnswer | null {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof answer !== 'object' || answer === null) return null
  const { stdout, stderr, status } = answer as Partial<Record<keyof DoorAnswer, unknown>>
  if (typeof stdout !== 'string' || typeof stderr !== 'string' || typeof status !== 'number') return null
  return { stdout, stderr, status }
}
