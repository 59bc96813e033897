/** What a commit must say: `area: imperative …` in at most 72 characters, and a body that says why. */

const area = /^[\w/.,{} -]+: /
/** "adds", "added", "adding": not the imperative. Few verbs end like them. */
const notImperative = /(?:[^s]s|ed|ing)$/
const verbsThatLookSo = new Set(['feed', 'need', 'embed', 'bring', 'ping', 'string', 'shed', 'speed'])

/** The fault, or null if there is none. */
export function faultOfCommit(subject: string, body: string): string | null {
  if (subject.length > 72) return 'the subject is longer than 72 characters'
  const [verb = ''] = subject.replace(area, '').split(' ')
  const isSentence = !area.test(subject) && /^[A-Z]/.test(subject)
  if (!area.test(subject) && !isSentence) return 'the subject does not begin with its area'
  if (notImperative.test(verb.toLowerCase()) && !verbsThatLookSo.has(verb.toLowerCase())) {
    return `"${verb}" is not the imperative`
  }
  return body.trim() === '' ? 'there is no body that says why' : null
}
