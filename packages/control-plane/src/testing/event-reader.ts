/** Reads an event stream until it contains the expected text. */
export async function eventReader(origin: string, token: string, headers: Record<string, string> = {}) {
  const cut = new AbortController()
  const answer = await fetch(`${origin}/api/v1/events`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: cut.signal,
  })
  if (answer.body === null) throw new TypeError('a stream of events has a body')
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    async until(wanted: string): Promise<string> {
      while (!text.includes(wanted)) {
        const { value, done } = await reader.read()
        if (done) break
        text += value
      }
      return text
    },
    close: () => cut.abort(),
  }
}
