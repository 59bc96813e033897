/** Anything that looks like a secret is neither a reference nor a name (S22): it is refused, and never repeated. */

/** Prefixes of tokens, for registries and other common services. */
const tokenPrefixes = [
  'dckr_[po]at_', // Docker Hub personal and organisation access tokens
  'gh[opsur]_', // GitHub
  'github_pat_',
  'gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas|imt|ffct|agent)-', // GitLab
  'AKCp', // JFrog API keys
  'cmVmdGtu', // JFrog reference tokens: base64 of `reftkn`
  'eyJ', // a JSON object in base64: any signed token, `auth` of a docker config
  'nvapi-', // NVIDIA
  'ya29\\.', // Google access tokens
  'dop_v1_', // DigitalOcean
  'hf_[A-Za-z]{30}', // Hugging Face
  'xox[abprs]-', // Slack
  'npm_(?=[A-Za-z0-9]{0,35}[A-Z])(?=[A-Za-z0-9]{36})', // npm; `npm_config_` and `npm_token` are ordinary names
  'AT[A-Z]{3}3x[A-Za-z0-9]', // Atlassian API tokens, such as ATATT and ATCTT
  'ATBB(?=[A-Za-z0-9]{20})', // Bitbucket app passwords
  'pypi-AgE', // PyPI
  'hvs\\.(?=[A-Za-z0-9_-]{20})', // HashiCorp Vault
  // OpenAI, Anthropic; a capital and a digit distinguish it from `sk-learn` and the like.
  'sk-(?:proj|ant|svcacct|admin|or|lf)-(?=[A-Za-z0-9_-]{0,64}[A-Z])(?=[A-Za-z0-9_-]{0,64}[0-9])',
  'sk-(?=[A-Za-z0-9]{0,19}[A-Z])(?=[A-Za-z0-9]{0,19}[0-9])(?=[A-Za-z0-9]{20})',
  '[sr]k_(?:live|test)_(?=[A-Za-z0-9]{0,19}[A-Z])(?=[A-Za-z0-9]{20})', // Stripe
  'AIza(?=[A-Za-z0-9_-]{35})', // Google API keys
  'SG\\.(?=[A-Za-z0-9_-]{0,21}[A-Z])(?=[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43})', // SendGrid
  '(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])', // AWS access key ids
].join('|')

const startsAsToken = new RegExp(`^["'\\s]*(?:${tokenPrefixes})`)
const hasTokenInside = new RegExp(`[^A-Za-z0-9](?:${tokenPrefixes})[A-Za-z0-9_.=+/-]{16}`)
/** A whole token in place of a name: ordinary words after a token prefix contain no capital and no digit. */
const isToken = new RegExp(
  `(?:^|[^A-Za-z0-9])(?:${tokenPrefixes})(?=[A-Za-z0-9_.=+/-]{0,64}[A-Z0-9])[A-Za-z0-9_.=+/-]{16}`,
)
const accessKeyId = /(?:^|[^A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/
const privateKey = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/
/** `://user:password`, but not `://host:port`. */
const userinfo = /:\/\/[^\s/:@]{1,256}:(?!\d{1,5}(?:\/|$))[^\s/]/
const wholeDocument = /^["'\s]*\{/
const longestText = 8192

/** True for text that may be a credential in itself: a token, a private key, or a URL with a password. */
export function looksLikeCredential(text: string): boolean {
  const start = text.slice(0, longestText)
  return startsAsToken.test(start) || hasTokenInside.test(start) || privateKey.test(start) || userinfo.test(start)
}

/** True for a name or tag that holds a whole token. People choose names freely, so a token prefix is not enough. */
export function holdsToken(name: string): boolean {
  const start = name.slice(0, longestText)
  return isToken.test(start) || accessKeyId.test(start)
}

/** True for text that must not be used as a secret reference: a credential, or the secret's whole document. */
export function looksLikeSecret(text: string): boolean {
  return looksLikeCredential(text) || wholeDocument.test(text.slice(0, longestText))
}
