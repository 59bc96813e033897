/** This node's identity at Google (S21), and its account: that of a credentials file if the owner names one, otherwise the machine's own. */
import { metadataServer, ProjectId, type GcpNodeIdentity } from './metadata.ts'
import { gcpSettings, type GcpSettings } from './settings.ts'
import { identityMissing, keptToken, type TokenSource } from './token.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'

export interface GcpNode {
  readonly tokens: TokenSource
  /** Throws NODE_IDENTITY_MISSING. */
  identity(signal: AbortSignal): Promise<GcpNodeIdentity>
}

export function openGcpNode(connection: SecretManagerConnection, settings: GcpSettings = gcpSettings()): GcpNode {
  const { credentialsFile } = settings
  if (credentialsFile === null) {
    const server = metadataServer(settings.metadataHost)
    return { tokens: keptToken((signal) => server.token(signal)), identity: (signal) => server.identity(signal) }
  }
  // Loaded only here: most nodes have a metadata server and no file.
  const file = async () => {
    const { readCredentialsFile } = await import('./credentials-file.ts')
    return readCredentialsFile(credentialsFile, connection)
  }
  return {
    tokens: keptToken(async (signal) => (await file()).token(signal)),
    async identity() {
      const { project, email } = await file()
      const projectId = ProjectId.safeParse(settings.project ?? project)
      if (!projectId.success) throw identityMissing()
      return { projectId: projectId.data, projectNumber: null, email }
    },
  }
}
