/** What is said of a file that is larger than what is read of such a file. */

/** `bytes`: its size; null where that is not known, as of what is piped in. */
export function tooLarge(bytes: number | null, limitBytes: number): string {
  const limit = grouped(limitBytes)
  return bytes === null
    ? `no more than ${limit} bytes are read`
    : `it has ${grouped(bytes)} bytes, and no more than ${limit} are read`
}

const grouped = (count: number): string => count.toLocaleString('en-US')
