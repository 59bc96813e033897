/** Versions of Ray, compared as far as compatibility needs: a client and a cluster work together if major and minor are equal. */

/** `2.10`, `2.55.1`, `3.0.0rc1`, `3.0.0.dev0+abc`: numbers as typed, since 2.10 is not 2.1. */
export const rayVersionPattern =
  /^\d{1,5}\.\d{1,5}(?:\.\d{1,5})?(?:(?:a|b|rc)\d{1,5})?(?:\.(?:post|dev)\d{1,5})?(?:\+[A-Za-z0-9.]{1,40})?$/

/** `expected` is the user's text: if it omits the patch, any patch fits. */
export function compareRayVersions(expected: string, found: string): 'same' | 'patch-differs' | 'differs' {
  if (expected === found) return 'same'
  const [want, have] = [parse(expected), parse(found)]
  if (want === null || have === null || want.major !== have.major || want.minor !== have.minor) return 'differs'
  return want.patch === '' || want.patch === have.patch ? 'same' : 'patch-differs'
}

/** The first two numbers; null if the text is not a version. */
export function rayRelease(version: string): { major: number; minor: number } | null {
  return parse(version)
}

/** `patch` is everything after the minor number, without the build after `+`. */
function parse(version: string): { major: number; minor: number; patch: string } | null {
  if (!rayVersionPattern.test(version)) return null
  const [, major = '', minor = '', patch = ''] = /^(\d+)\.(\d+)\.?([^+]*)/.exec(version) ?? []
  return { major: Number(major), minor: Number(minor), patch }
}
