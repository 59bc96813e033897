/** The metadata server of a Compute Engine machine: the machine's facts, access tokens for its service account, and signed proofs of its identity. */
import type { Handler } from '../../servers/http-service.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { IdentityTokens } from './identity-tokens.ts'
import type { GoogleMachine } from './machine.ts'

const base = '/computeMetadata/v1'

export interface MetadataOptions {
  readonly machine: GoogleMachine
  readonly tokens: AccessTokens
  readonly identities: IdentityTokens
  /** Whether it belongs to somebody else: it answers the same, but does not identify itself as Google's. */
  readonly isForeign: () => boolean
}

export function metadataHandler({ machine, tokens, identities, isForeign }: MetadataOptions): Handler {
  const account = {
    aliases: ['default'],
    email: machine.email,
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
  }
  const tree = {
    instance: {
      id: machine.instanceId,
      name: machine.instanceName,
      zone: `projects/${machine.projectNumber}/zones/${machine.zone}`,
      serviceAccounts: { default: account, [machine.email]: account },
    },
    project: { numericProjectId: Number(machine.projectNumber), projectId: machine.projectId },
  }
  const texts: Record<string, string> = {
    '/project/project-id': machine.projectId,
    '/project/numeric-project-id': machine.projectNumber,
    '/instance/id': machine.instanceId,
    '/instance/name': machine.instanceName,
    '/instance/zone': tree.instance.zone,
  }

  return async (request, response) => {
    const send = (status: number, body: string, type = 'application/text'): void => {
      response.writeHead(status, {
        'content-type': type,
        ...(!isForeign() && { 'metadata-flavor': 'Google' }),
        server: 'Metadata Server for VM',
      })
      response.end(body)
    }
    const url = new URL(request.url ?? '/', 'http://metadata')
    // Like the real one: without its header, or through a proxy, it answers nothing.
    if (request.headers['metadata-flavor'] !== 'Google') return send(403, 'Missing Metadata-Flavor:Google header.')
    if (request.headers['x-forwarded-for'] !== undefined) return send(403, 'The request was forwarded.')
    if (request.method !== 'GET') return send(405, 'Method not allowed')
    if (!url.pathname.startsWith(base)) return send(404, 'Not found')
    const path = url.pathname.slice(base.length).replace(/\/$/, '')
    if (texts[path] !== undefined) return send(200, texts[path])
    if (url.searchParams.get('recursive') === 'true') {
      const found = { '': tree, '/instance': tree.instance, '/project': tree.project }[path]
      return found === undefined ? send(404, 'Not found') : send(200, JSON.stringify(found), 'application/json')
    }
    const asked = /^\/instance\/service-accounts\/([^/]+)\/(email|token|identity|scopes)$/.exec(path)
    if (asked === null || (asked[1] !== 'default' && asked[1] !== machine.email)) return send(404, 'Not found')
    if (asked[2] === 'email') return send(200, machine.email)
    if (asked[2] === 'scopes') return send(200, account.scopes.join('\n'))
    if (asked[2] === 'token') {
      const token = tokens.issue({ member: `serviceAccount:${machine.email}` })
      return send(200, JSON.stringify(token), 'application/json')
    }
    const audience = url.searchParams.get('audience')
    if (audience === null) return send(400, 'non-empty audience parameter required')
    const isFull = url.searchParams.get('format') === 'full'
    return send(200, await identities.issue(audience, isFull ? {} : { google: undefined }))
  }
}
