/** Builds a secret's document from a login that a person enters: `{"username", "password", "server"}`. */
import { problem } from '@fairlead/contract/problems'
import { parseLoginDocument } from '@fairlead/credential-path/match/login-document'

export interface TypedLogin {
  readonly username: string
  /** As entered: the end of its line is not part of it. */
  readonly password: Uint8Array
  /** host[:port] of the registry. */
  readonly server: string
}

/** Passes the document's text only to `write`. Throws SECRET_*, if no node could use it. */
export function secretFromTypedLogin({ username, password, server }: TypedLogin, write: (text: string) => void): void {
  const text = `${JSON.stringify({ username, password: decode(password).replace(/\r?\n$/, ''), server })}\n`
  parseLoginDocument(Buffer.from(text, 'utf8'))
  write(text)
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw problem('SECRET_FIELD_INVALID', { field: 'password' })
  }
}
