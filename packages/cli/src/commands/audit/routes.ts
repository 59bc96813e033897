/** `fairlead audit`: the arguments of each command. */
import { buildRouteMap } from '@stricli/core'
import { listFlags, textFlag } from '../../flags.ts'
import { command } from '../../help.ts'

const list = command({
  loader: async () => import('./list.ts'),
  parameters: {
    flags: {
      act: {
        ...textFlag('ACT', 'Only this act, such as token.create or node.revoke'),
        async proposeCompletions(partial: string) {
          const { AuditAct } = await import('@fairlead/contract/wire')
          return AuditAct.options.filter((act) => act.startsWith(partial))
        },
      },
      token: textFlag('NAME', 'Only acts done with this token (name or id)'),
      ...listFlags,
    },
  },
  docs: {
    brief: 'List what administrators did and what was refused for lack of permission, newest first',
    fullDescription:
      'Ids and enumerations only; kept as long as the database. A refused act is recorded once an hour per token and act.\n' +
      'Acts: token.create, token.revoke, cloud.create, cloud.update, cloud.delete, cloud.reset_role, grant.add, grant.remove,\n' +
      'join_token.create, node.revoke, node.leave, node.forget, environment.archive, cluster.terminate, cluster.delete,\n' +
      'session.start, session.end.',
  },
  examples: ['fairlead audit list', 'fairlead audit list --act token.create', 'fairlead audit list --token ci --json'],
})

export const auditRoutes = buildRouteMap({
  routes: { list },
  docs: { brief: 'The audit log of administrators' },
})
