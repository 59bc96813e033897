/** This machine's Google identity as set by its owner, in the variables that Google's own tools read. */

export interface GcpSettings {
  /** `address[:port]` of the metadata server. */
  readonly metadataHost: string
  /** A service account's key, or a federation's configuration; null: the metadata server's account. */
  readonly credentialsFile: string | null
  /** The node's own project, if a credentials file does not give it. */
  readonly project: string | null
}

/** By address, so that no name server can influence who the node is. */
const wellKnown = '169.254.169.254'
const hostAndPort = /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9a-f:]{2,39}\])(?::\d{1,5})?$/

export function gcpSettings(env: NodeJS.ProcessEnv = process.env): GcpSettings {
  const host = env['GCE_METADATA_HOST'] || env['GCE_METADATA_IP'] || wellKnown
  return {
    metadataHost: hostAndPort.test(host) ? host : wellKnown,
    credentialsFile: env['GOOGLE_APPLICATION_CREDENTIALS'] || null,
    project: env['GOOGLE_CLOUD_PROJECT'] || null,
  }
}
