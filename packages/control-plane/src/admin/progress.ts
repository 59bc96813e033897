/** How far long work has come, told to who waits for it. */
export interface Progress {
  readonly work: 'copy' | 'check' | 'read' | 'records'
  readonly done: number
  readonly total: number
}

export type OnProgress = (progress: Progress) => void
