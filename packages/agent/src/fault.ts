/** What may be logged of an error that nobody foresaw: its kind and where it arose, never its message, which can quote anything. */

export function describeFault(error: unknown): { readonly error: string; readonly frames: readonly string[] } {
  if (!(error instanceof Error)) return { error: typeof error, frames: [] }
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => line.trim())
  return { error: error.name, frames: frames.slice(0, 20) }
}
