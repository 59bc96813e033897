/** An answer without end, as a hostile server gives it: blanks, for as long as the other side reads. */
import type { ServerResponse } from 'node:http'

export function answerWithoutEnd(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
  }
  response.on('drain', more)
  more()
}
