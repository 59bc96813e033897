/** The part of Protocol Buffers' wire format that a few calls to containerd and CRI need: strings, booleans and messages, by the number of their field. */

/** A message to send: its fields by number. */
export type Fields = Readonly<Record<number, string | boolean | Uint8Array>>

/** The bytes are not a message. Names the broken rule and quotes nothing. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

export function encodeMessage(fields: Fields): Uint8Array<ArrayBuffer> {
  return Buffer.concat(
    Object.entries(fields).flatMap(([number, value]) => {
      const tag = (type: number): Uint8Array => varint(Number(number) * 8 + type)
      if (typeof value === 'boolean') return [tag(wireTypes.varint), varint(value ? 1 : 0)]
      const bytes = typeof value === 'string' ? Buffer.from(value) : value
      return [tag(wireTypes.bytes), varint(bytes.length), bytes]
    }),
  )
}

/** The fields of a message that hold bytes, in order; others are checked and left out. */
export function decodeMessage(message: Uint8Array): readonly { readonly number: number; readonly bytes: Uint8Array }[] {
  const found: { number: number; bytes: Uint8Array }[] = []
  let at = 0
  const take = (length: number): Uint8Array => {
    if (length > message.length - at) throw new ProtobufError('a field ends after its message')
    at += length
    return message.subarray(at - length, at)
  }
  const number = (): number => {
    let value = 0
    for (let scale = 1; scale <= 2 ** 63; scale *= 128) {
      const [byte = 0] = take(1)
      value += (byte % 128) * scale
      if (byte < 128) return value
    }
    throw new ProtobufError('a number has more than ten bytes')
  }
  while (at < message.length) {
    const tag = number()
    const type = tag % 8
    if (tag < 8 || tag >= 2 ** 32) throw new ProtobufError('a field has no possible number')
    if (type === wireTypes.varint) number()
    else if (type === wireTypes.fixed64) take(8)
    else if (type === wireTypes.fixed32) take(4)
    else if (type === wireTypes.bytes) found.push({ number: (tag - type) / 8, bytes: take(number()) })
    else throw new ProtobufError('a field has an unknown type')
  }
  return found
}

/** The last value of a field that holds one; undefined if it is absent. */
export function textIn(message: Uint8Array, number: number): string | undefined {
  const field = decodeMessage(message).findLast((one) => one.number === number)
  return field === undefined ? undefined : Buffer.from(field.bytes).toString('utf8')
}

export function messagesIn(message: Uint8Array, number: number): readonly Uint8Array[] {
  return decodeMessage(message).flatMap((field) => (field.number === number ? [field.bytes] : []))
}

/** A map is a list of messages, each with a key and a value. */
export function mapIn(message: Uint8Array, number: number): ReadonlyMap<string, string> {
  return new Map(messagesIn(message, number).map((entry) => [textIn(entry, 1) ?? '', textIn(entry, 2) ?? '']))
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest])
    bytes.push((rest % 128) + 128)
  }
}
