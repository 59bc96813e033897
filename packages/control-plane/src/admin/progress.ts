/** Progress of long-running work, reported to the user who waits for it. */
export interface Progress {
  readonly work: 'copy' | 'check' | 'read' | 'records'
  readonly done: number
  readonly total: number
}

export type OnProgress = (progress: Progress) => void
