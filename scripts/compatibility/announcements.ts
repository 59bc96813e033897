/** The breaking changes since the last release that are announced, and what of them does not fit what has changed. */

/** Lines of the form: - `KEY`: why, and what to do. */
export function announcedIn(markdown: string): readonly string[] {
  return markdown.split('\n').flatMap((line) => /^- `([^`]+)`: \S/.exec(line)?.[1] ?? [])
}

export interface Verdict {
  readonly unannounced: readonly string[]
  /** Announced, but not so: a line that was left behind, or mistyped. */
  readonly unfounded: readonly string[]
}

export function judge(changes: readonly string[], announced: readonly string[]): Verdict {
  return {
    unannounced: changes.filter((change) => !announced.includes(change)),
    unfounded: announced.filter((one) => !changes.includes(one)),
  }
}
