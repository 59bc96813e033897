/** Reads a whole stream, such as the body of an answer, up to a limit: whoever sends it must not decide how much memory it takes. */

/** Throws `tooLong()` at the first byte beyond the limit, which closes the stream. */
export async function bytesUpTo(
  limit: number,
  stream: AsyncIterable<Uint8Array>,
  tooLong: () => Error,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.byteLength
    if (size > limit) throw tooLong()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
