/** A command line that is not understood. It is light, so that a typing mistake is answered at once. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** Whose help to read. */
  readonly command: string

  constructor(reason: string, command = 'fairlead') {
    super(reason)
    this.command = command
  }
}
