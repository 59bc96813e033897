/** The login in an `Authorization: Basic` header. */
export interface Login {
  username: string
  password: string
}

export function basicLogin(header: string | undefined): Login | null {
  const encoded = /^basic +(?<encoded>[A-Za-z0-9+/]+=*)$/i.exec(header ?? '')?.groups?.['encoded']
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  // Split at the first colon: a password may contain more.
  const colon = text.indexOf(':')
  return colon === -1 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

export function basicHeader({ username, password }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
