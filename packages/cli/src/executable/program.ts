/**
 * The three programs in one executable: chosen by the name under which it was started, as `docker-credential-fairlead` through a link of
 * that name, or by its first argument. Anything else is the `fairlead` command.
 */
import { basename } from 'node:path'

type Run = (args: readonly string[]) => Promise<void>

const programs: Readonly<Record<string, () => Promise<Run>>> = {
  'docker-credential-fairlead': async () => (await import('@fairlead/doors/docker-credential')).runHelper,
  'fairlead-kubelet-credential-provider': async () => (await import('@fairlead/doors/kubelet')).runProvider,
  // Not for users: the agent starts itself under this name, from inside the workloads' cgroup (S14).
  'fairlead-metadata-probe': async () => {
    const { probeFromCgroup } = await import('@fairlead/agent/metadata-probe')
    return ([cgroup = '', ...addresses]) => probeFromCgroup(cgroup, addresses)
  },
}

/** As in a process: the name it was started under, then its arguments. */
export async function runProgram(startedAs: string, args: readonly string[]): Promise<void> {
  const [first = '', ...rest] = args
  const byName = programNamed(basename(startedAs))
  if (byName) return (await byName())(args)
  const byArgument = programNamed(first)
  if (byArgument) return (await byArgument())(rest)
  const { runCommandLine } = await import('../command-line.ts')
  await runCommandLine(args)
}

const programNamed = (name: string) => (Object.hasOwn(programs, name) ? programs[name] : undefined)
