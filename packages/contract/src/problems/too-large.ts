/** The message for a file larger than the amount read of such a file. */

/** `bytes`: its size; null if unknown, as for piped input. */
export function tooLarge(bytes: number | null, limitBytes: number): string {
  const limit = grouped(limitBytes)
  return bytes === null
    ? `no more than ${limit} bytes are read`
    : `it has ${grouped(bytes)} bytes, and no more than ${limit} are read`
}

const grouped = (count: number): string => count.toLocaleString('en-US')
