/**
 * An image that behaves like one with Ray, for tests about something else: megabytes instead of a gigabyte, up
 * at once. Workers report to their head over the network, like real ones, so the head knows how many nodes are alive.
 */
import type { LocalOciImage } from './local-image.ts'
import { makeImage, type FileContent, type LayerSpec } from './make-image.ts'

export interface FakeRayOptions {
  rayVersion?: string
  /** `none`: an image without Ray. */
  ray?: 'present' | 'none'
  layers?: readonly LayerSpec[]
  files?: Record<string, FileContent>
  env?: Record<string, string>
}

/**
 * Environment variables of the container change its behaviour: `FAKE_RAY_VERSION`; `FAKE_RAY_EXIT=N` ends `ray start` with that
 * status, `FAKE_RAY_EXIT_AFTER=S` that many seconds later; `FAKE_RAY_SILENT=1` never lists any node.
 */
export function makeFakeRayImage(options: FakeRayOptions = {}): Promise<LocalOciImage> {
  const { rayVersion = '2.55.1', ray = 'present', layers = [], files = {}, env = {} } = options
  const programs = {
    'usr/local/bin/ray': { content: rayProgram(rayVersion), mode: 0o755 },
    'usr/local/bin/python3': { content: pythonProgram, mode: 0o755 },
    'usr/local/lib/fake-ray-peer': { content: peerProgram, mode: 0o755 },
  }
  return makeImage({
    layers,
    files: { ...(ray === 'present' && programs), ...files },
    config: {
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
    },
  })
}

const rayProgram = (version: string): string => `#!/bin/sh
# Behaves like Ray's command line as far as starting a node goes.
case "$1" in
  --version) echo "ray, version \${FAKE_RAY_VERSION:-${version}}"; exit 0 ;;
  start) shift ;;
  stop) exit 0 ;;
  *) echo "Error: No such command '$1'." >&2; exit 2 ;;
esac
head='' here=127.0.0.1 port=6379
while [ $# -gt 0 ]; do
  case "$1" in
    --address) head=$2; shift ;;
    --address=*) head=\${1#*=} ;;
    --node-ip-address) here=$2; shift ;;
    --node-ip-address=*) here=\${1#*=} ;;
    --port) port=$2; shift ;;
    --port=*) port=\${1#*=} ;;
  esac
  shift
done
if [ -n "$FAKE_RAY_EXIT" ]; then
  sleep "\${FAKE_RAY_EXIT_AFTER:-0}"
  echo "Ray was told to end with $FAKE_RAY_EXIT" >&2
  exit "$FAKE_RAY_EXIT"
fi
mkdir -p /tmp/ray/nodes
if [ -z "$head" ]; then
  head=127.0.0.1:$port
  nc -ll -p "$port" -e /usr/local/lib/fake-ray-peer &
  echo "Local node IP: $here"
fi
echo "$head" > /tmp/ray/head
trap 'exit 1' TERM INT
# A worker waits for its head, as Ray does, and comes back to it.
while :; do
  (echo "join $here"; while sleep 1; do echo alive; done) | nc "\${head%:*}" "\${head##*:}" >/dev/null 2>&1 &
  wait $!
  sleep 1 & wait $!
done
`

/** One connection to a head: a node that stays for as long as the connection, or a request for the list of nodes. */
const peerProgram = `#!/bin/sh
read -r word address
case "$word" in
  join)
    # A name of its own for each connection: an old one that ends late must not take the new one with it.
    mark="/tmp/ray/nodes/$address.$$"
    : > "$mark"
    while read -r -t 5 _; do :; done
    rm -f "$mark"
    ;;
  list) for node in /tmp/ray/nodes/*; do [ -e "$node" ] && name=\${node##*/} && echo "\${name%.*}"; done | sort -u ;;
esac
`

/** Answers the one question that the agent asks Python in a container: which nodes does Ray list as alive. */
const pythonProgram = `#!/bin/sh
for last; do :; done
[ -n "$FAKE_RAY_SILENT" ] && exit 1
read -r head < /tmp/ray/head 2>/dev/null || exit 1
nodes=$(echo list | nc -w 5 "\${head%:*}" "\${head##*:}") || exit 1
alive=$(echo "$nodes" | grep -c .)
here=$(echo "$nodes" | grep -cxF "$last")
echo "fairlead: alive=$alive here=$here"
`
