/** Clouds, and which secrets may be named in each. */
import type { AccessPolicy } from '@fairlead/contract/names'
import type { Cloud, CreateCloud, CreateGrant, Grant, JoinToken, UpdateCloud } from '@fairlead/contract/wire'
import { page, single } from './answer.ts'
import { pagesOf, type NameQuery, type Pages } from './pages.ts'
import { withQuery, type CallOptions, type Transport, type WriteOptions } from './transport.ts'

const cloud = async () => (await import('@fairlead/contract/wire/cloud')).Cloud
const grant = async () => (await import('@fairlead/contract/wire/cloud')).Grant
const joinCommand = async () => (await import('@fairlead/contract/wire/node')).JoinCommand
const joinToken = async () => (await import('@fairlead/contract/wire/node')).JoinToken
const accessPolicy = async () => (await import('@fairlead/contract/names/access-policy')).AccessPolicy

export interface PolicyQuery {
  /** `name` or `name:revision`. */
  readonly cluster_environment: string
  /** Whether secrets on AWS are encrypted with customer KMS keys. */
  readonly customer_keys?: boolean | undefined
}

export class CloudCalls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Describes where nodes run and how they prove what they are. */
  async create(body: CreateCloud, options?: WriteOptions): Promise<Cloud> {
    return this.#transport.post('/clouds', body, single(cloud), options)
  }

  /** One cloud. */
  async get(id: string, options?: CallOptions): Promise<Cloud> {
    return this.#transport.get(cloudPath(id), single(cloud), options)
  }

  /** Newest first. */
  list(query: NameQuery = {}, options?: CallOptions): Pages<Cloud> {
    return pagesOf(this.#transport, '/clouds', { ...query }, page(cloud), options)
  }

  /** What the change leaves out stays. Where the cloud is stays while it has nodes. */
  async update(id: string, change: UpdateCloud, options?: WriteOptions): Promise<Cloud> {
    return this.#transport.post(`${cloudPath(id)}/update`, change, single(cloud), options)
  }

  /** Fails with CLOUD_IN_USE while it has nodes, clusters that have not ended, or environments. */
  async delete(id: string, options?: CallOptions): Promise<void> {
    await this.#transport.delete(cloudPath(id), options)
  }

  /** Allows a secret to be named in this cloud, and says for which registries. */
  async grant(cloudId: string, body: CreateGrant, options?: WriteOptions): Promise<Grant> {
    return this.#transport.post(grantsPath(cloudId), body, single(grant), options)
  }

  /** Which secrets may be named in this cloud, newest first. */
  grants(cloudId: string, options?: CallOptions): Pages<Grant> {
    return pagesOf(this.#transport, grantsPath(cloudId), {}, page(grant), options)
  }

  /** New builds cannot name that secret any more. */
  async revokeGrant(cloudId: string, grantId: string, options?: CallOptions): Promise<void> {
    await this.#transport.delete(`${grantsPath(cloudId)}/${encodeURIComponent(grantId)}`, options)
  }

  /** Call this after the node role on AWS was recreated: the next node that proves itself determines the new one. */
  async resetRole(cloudId: string, options?: WriteOptions): Promise<Cloud> {
    return this.#transport.post(`${cloudPath(cloudId)}/reset_role`, {}, single(cloud), options)
  }

  /** The minimal policy that lets the nodes read the secrets of a cluster environment. */
  async policy(cloudId: string, query: PolicyQuery, options?: CallOptions): Promise<AccessPolicy> {
    const path = withQuery(`${cloudPath(cloudId)}/policy`, { ...query })
    return this.#transport.get(path, single(accessPolicy), options)
  }

  /** A token with which one machine may join once, within 15 minutes. */
  async createJoinToken(cloudId: string, options?: WriteOptions): Promise<JoinToken> {
    return this.#transport.post(`${cloudPath(cloudId)}/join_tokens`, {}, single(joinToken), options)
  }

  /** The command with which a machine joins; without the token, which it asks for if one is needed. */
  async joinCommand(cloudId: string, options?: CallOptions): Promise<string> {
    return (await this.#transport.get(`${cloudPath(cloudId)}/join_command`, single(joinCommand), options)).command
  }
}

function cloudPath(id: string): string {
  return `/clouds/${encodeURIComponent(id)}`
}

function grantsPath(cloudId: string): string {
  return `${cloudPath(cloudId)}/grants`
}
