/** Reads a file that holds a token or a password: trimmed, and only if no other user of the machine can read it (S10). */
import { problem } from '@fairlead/contract/problems'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CliContext } from '../context.ts'
import { readInput } from './read-input.ts'

const largest = 4096

/** Throws CONFIG_FILE_UNREADABLE or FILE_TOO_LARGE. */
export async function readPrivateText(context: CliContext, file: string): Promise<string> {
  const path = resolve(context.cwd, file)
  const found = await stat(path).catch(() => null)
  const mode = found === null || found.isDirectory() ? 0o600 : found.mode
  if ((mode & 0o077) !== 0) {
    throw problem('CONFIG_FILE_UNREADABLE', {
      path,
      reason: 'others can read it; run chmod 0600 on it, and replace what is in it if somebody may have read it',
    })
  }
  return new TextDecoder().decode(await readInput(context, path, largest)).trim()
}
