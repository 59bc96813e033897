/** What may be logged of an unexpected error: its kind and where it arose, never its message, which can quote anything. */

export function describeFault(error: unknown): { readonly error: string; readonly frames: readonly string[] } {
  if (!(error instanceof Error)) return { error: typeof error, frames: [] }
  const stack = error.stack ?? ''
  // A message can contain lines that look like frames, so it is removed whole; if it cannot be found, everything is dropped.
  const begin = stack.indexOf(error.message)
  if (begin === -1) return { error: error.name, frames: [] }
  const frames = stack
    .slice(begin + error.message.length)
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => line.trim())
  return { error: error.name, frames: frames.slice(0, 20) }
}
