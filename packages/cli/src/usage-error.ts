/** An invalid command line. Kept small, so that a typing mistake is answered at once. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** The command whose help to read. */
  readonly command: string

  constructor(reason: string, command = 'fairlead') {
    super(reason)
    this.command = command
  }
}
