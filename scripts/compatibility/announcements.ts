/** The breaking changes announced since the last release, and the announcements that do not match the actual changes. */

/** Lines of the form: - `KEY`: why, and what to do. */
export function announcedIn(markdown: string): readonly string[] {
  return markdown.split('\n').flatMap((line) => /^- `([^`]+)`: \S/.exec(line)?.[1] ?? [])
}

export interface Verdict {
  readonly unannounced: readonly string[]
  /** Announced but not true: a line that was left over, or mistyped. */
  readonly unfounded: readonly string[]
}

export function judge(changes: readonly string[], announced: readonly string[]): Verdict {
  return {
    unannounced: changes.filter((change) => !announced.includes(change)),
    unfounded: announced.filter((one) => !changes.includes(one)),
  }
}
