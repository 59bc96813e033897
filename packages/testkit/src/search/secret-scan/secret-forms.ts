/** The forms that a secret can take in memory or in a file: what a search for it must look for. */

export interface SecretForm {
  /** As a report names it. */
  name: string
  bytes: Buffer
}

/** Every form is listed once; a short one would occur everywhere by chance, so a secret needs 12 characters. */
export function secretForms(secret: string): SecretForm[] {
  if (secret.length < 12) throw new Error('a secret to search for needs at least 12 characters')
  const texts: [name: string, text: string][] = [
    ['as it is', secret],
    ['JSON-escaped', JSON.stringify(secret).slice(1, -1)],
    ['URL-encoded', encodeURIComponent(secret)],
    ['hex', Buffer.from(secret).toString('hex')],
    ...base64Forms(secret),
  ]
  const forms = texts.flatMap(([name, text]): SecretForm[] => [
    { name, bytes: Buffer.from(text, 'utf8') },
    { name: `${name}, UTF-16`, bytes: Buffer.from(text, 'utf16le') },
  ])
  return forms.filter((form, at) => forms.findIndex((other) => other.bytes.equals(form.bytes)) === at)
}

/**
 * Base64 writes three bytes as four characters, so what a secret looks like inside a longer text, as in the header of a
 * Basic login, depends on where it starts. Characters that also depend on its neighbours are dropped.
 */
function base64Forms(secret: string): [name: string, text: string][] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((before): [string, string][] => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const first = Math.ceil((before * 8) / 6)
    const past = Math.floor(((before + bytes.length) * 8) / 6)
    const own = text.slice(first, past)
    return [
      [`base64 after ${before}`, own],
      [`base64url after ${before}`, own.replaceAll('+', '-').replaceAll('/', '_')],
    ]
  })
}
