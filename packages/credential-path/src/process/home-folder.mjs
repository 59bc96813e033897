/** The folder of the user that runs this process. Plain JavaScript, since a start reads it before the type stripper is there. */
import { homedir } from 'node:os'

/**
 * `/` for a user that this machine does not know, without HOME, such as any number that a pod runs as: engines of containers say so, too.
 * Node throws.
 */
export function homeFolder(ask = homedir) {
  try {
    return ask()
  } catch {
    return '/'
  }
}
