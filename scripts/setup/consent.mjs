/** One question before anything is installed. */
import { createInterface } from 'node:readline/promises'
import { CannotSetUp } from './machine.mjs'

/**
 * Enter means yes. Without a terminal there is no user to ask, and nothing is done without consent.
 * @param {{ yes: boolean, input?: NodeJS.ReadableStream & { isTTY?: boolean }, output?: NodeJS.WritableStream & { isTTY?: boolean } }} options
 */
export async function agreed({ yes, input = process.stdin, output = process.stdout }) {
  if (yes) return true
  if (!input.isTTY || !output.isTTY) {
    throw new CannotSetUp('Nothing was installed: there is no terminal on which to ask. Give --yes to install it.')
  }
  const question = createInterface({ input, output })
  try {
    const answer = await question.question('Go on? [Y/n] ')
    return ['', 'y', 'yes'].includes(answer.trim().toLowerCase())
  } finally {
    question.close()
  }
}
