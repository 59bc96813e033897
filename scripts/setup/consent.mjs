/** One question before anything is installed, on a terminal only. */
import { createInterface } from 'node:readline/promises'

/**
 * Enter is yes. Without a terminal there is nobody to ask, and the answer is yes.
 * @param {{ yes: boolean, input?: NodeJS.ReadStream, output?: NodeJS.WriteStream }} options
 */
export async function agreed({ yes, input = process.stdin, output = process.stdout }) {
  if (yes || !input.isTTY || !output.isTTY) return true
  const question = createInterface({ input, output })
  try {
    const answer = await question.question('Go on? [Y/n] ')
    return ['', 'y', 'yes'].includes(answer.trim().toLowerCase())
  } finally {
    question.close()
  }
}
