/** Lines of Python that reach Ray in a cluster. Ray reads its token at import, so the lines set it first. Pure. */
import type { ClusterConnection } from '@fairlead/contract/wire'

export function pythonLines({ ray_address, ray_token }: Pick<ClusterConnection, 'ray_address' | 'ray_token'>): string {
  const token = `import os\nos.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="${ray_token}")\n`
  return `${ray_token === null ? '' : token}import ray\nray.init("${ray_address}")`
}
