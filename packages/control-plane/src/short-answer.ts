/** Reads the answer of a cloud or an identity provider up to a limit: whoever sends it must not decide how much memory it takes. */

/** All of it. Throws a RangeError at the first byte beyond the limit, which closes the stream. */
export async function shortAnswer(limitBytes: number, stream: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.byteLength
    if (size > limitBytes) throw new RangeError('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
