/**
 * A killed engine leaves its containers' empty cgroups behind; they are found by the containers' ids. A cgroup can
 * be removed once its processes have been reaped, which takes a moment.
 */
import { mustRun } from '../command.ts'

/**
 * A shell function that removes the cgroups of the containers of one machine, whose folder it is given: of its Docker, and of its containerd
 * under a kubelet. False while any remain.
 */
export const removeCgroupsFunction = `
remove_cgroups() {
  for container in "$1"/docker/containers/* "$1"/run/containerd/state/io.containerd.runtime.v2.task/k8s.io/*; do
    [ -d "$container" ] || continue
    id=\${container##*/}
    find /sys/fs/cgroup -depth -type d -path "*/$id*" -exec rmdir {} + 2>/dev/null
    [ -z "$(find /sys/fs/cgroup -type d -name "$id" -print -quit)" ] || return 1
  done
}`

/** A shell function that removes cgroups with everything below them, by path; false while any remain. */
export const removeTreeFunction = `
remove_tree() {
  for folder in "$@"; do
    [ -d "$folder" ] || continue
    find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null
    [ ! -d "$folder" ] || return 1
  done
}`

/** Only for a machine whose engines are gone: a running one would miss them. */
export async function removeCgroups(machineFolder: string): Promise<void> {
  const script = `${removeCgroupsFunction}
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  remove_cgroups "$1" && exit 0
  sleep 0.1
done`
  await mustRun('sh', ['-c', script, 'sh', machineFolder])
}

/** A cgroup and everything below it, once its processes have been reaped. */
export async function removeTree(folder: string): Promise<void> {
  await mustRun('sh', [
    '-c',
    `${removeTreeFunction}\nfor attempt in $(seq 30); do remove_tree "$1" && exit 0; sleep 0.1; done; exit 1`,
    'sh',
    folder,
  ])
}
