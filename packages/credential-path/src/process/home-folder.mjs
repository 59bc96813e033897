/** The folders of the user that runs this process. Plain JavaScript, since a start reads it before the type stripper is there. */
import { homedir, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * `/` for a user that this machine does not know, without HOME, such as any number that a pod runs as: engines of containers say so, too.
 * Node throws. A HOME that is no whole path would be another folder wherever the command runs, so it counts as none.
 */
export function homeFolder(ask = homedir) {
  try {
    const home = ask()
    return isAbsolute(home) ? home : userInfo().homedir
  } catch {
    return '/'
  }
}

/**
 * Where the user keeps files of one kind: as an XDG variable says, whose standard ignores what is no whole path; else at the usual place.
 * @param {string | undefined} named
 * @param {string} home
 * @param {readonly string[]} usual
 */
export function userFolder(named, home, ...usual) {
  return named !== undefined && isAbsolute(named) ? named : join(home, ...usual)
}
