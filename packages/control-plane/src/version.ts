/** The version of this package. */
import manifest from '../package.json' with { type: 'json' }

export function packageVersion(): string {
  return manifest.version
}
