/** What looks like a secret is not a reference (S22): it is refused before it is sent, and never repeated. */

/** How registry tokens begin. */
const tokenPrefixes = [
  'dckr_[po]at_', // Docker Hub personal and organisation access tokens
  'gh[opsur]_', // GitHub
  'github_pat_',
  'gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas)-', // GitLab
  'AKCp', // JFrog API keys
  'cmVmdGtu', // JFrog reference tokens: base64 of `reftkn`
  'eyJ', // a JSON object in base64: tokens signed by anybody, `auth` of a docker config
  'nvapi-', // NVIDIA
  'ya29\\.', // Google access tokens
  'dop_v1_', // DigitalOcean
  'hf_[A-Za-z]{30}', // Hugging Face
  'xox[abprs]-', // Slack
  '(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])', // AWS access key ids
].join('|')

const startsAsToken = new RegExp(`^["'\\s]*(?:${tokenPrefixes})`)
const holdsToken = new RegExp(`[^A-Za-z0-9](?:${tokenPrefixes})[A-Za-z0-9_.=+/-]{16}`)
const privateKey = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/
/** `://user:password`, but not `://host:port`. */
const userinfo = /:\/\/[^\s/:@]{1,256}:(?!\d{1,5}(?:\/|$))[^\s/]/
const wholeDocument = /^["'\s]*\{/
const longestText = 8192

/** True for what may be a credential in itself: a token, a private key, or a URL with a password. */
export function looksLikeCredential(text: string): boolean {
  const start = text.slice(0, longestText)
  return startsAsToken.test(start) || holdsToken.test(start) || privateKey.test(start) || userinfo.test(start)
}

/** True for what must not be taken as a secret reference: a credential, or the secret's whole document. */
export function looksLikeSecret(text: string): boolean {
  return looksLikeCredential(text) || wholeDocument.test(text.slice(0, longestText))
}
