/** Writes the YAML of a cluster environment. Quotes text that looks like a number or boolean, so that `2.10` keeps its zero there too. */
import { Document, Pair, Scalar, YAMLMap } from 'yaml'

/** Fields as typed, finished or not; variables in order, including duplicate names. */
export interface ConfigText {
  readonly docker_image: string
  readonly ray_version: string
  readonly env_vars: readonly (readonly [name: string, value: string])[]
  /** Null: omits the field. */
  readonly registry_login_secret: string | null
}

export function writeConfigYaml(config: ConfigText): string {
  const fields: Pair[] = [
    new Pair('docker_image', text(config.docker_image)),
    new Pair('ray_version', text(config.ray_version)),
  ]
  if (config.env_vars.length > 0) {
    fields.push(new Pair('env_vars', mapOf(config.env_vars.map(([name, value]) => new Pair(text(name), text(value))))))
  }
  if (config.registry_login_secret !== null) {
    fields.push(new Pair('registry_login_secret', text(config.registry_login_secret)))
  }
  const document = new Document(null, { compat: 'yaml-1.1' })
  document.contents = mapOf(fields) as typeof document.contents
  return escaped(document.toString({ lineWidth: 0, singleQuote: true, blockQuote: false }))
}

/** The library escapes as JSON does, which leaves these; only texts in double quotes have them. */
const escaped = (yaml: string): string =>
  yaml.replaceAll(
    /[\u007F-\u009F\uFFFE\uFFFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

function mapOf(pairs: readonly Pair[]): YAMLMap {
  const map = new YAMLMap()
  map.items.push(...pairs)
  return map
}

function text(value: string): Scalar {
  const scalar = new Scalar(value)
  // What a line cannot show as it is, is written with escapes.
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001F\u007F-\u00A0\u2028\u2029\uFEFF\uFFFE\uFFFF]/.test(value)) scalar.type = 'QUOTE_DOUBLE'
  return scalar
}
