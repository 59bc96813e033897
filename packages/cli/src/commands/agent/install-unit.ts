/**
 * The systemd unit of an agent. Its memory holds a password, so no core file or swap may write it to a disk (S25). It may do
 * only what its work needs: Docker's socket, the rules that keep workloads from the metadata service (S14), and its own folder.
 */
import { agentEnvironment } from './agent-environment.ts'
import { defaultPaths } from './paths.ts'

export const unitName = 'fairlead-agent.service'

/** Each with the reason it is needed. */
const capabilities = [
  'CAP_NET_ADMIN', // iptables
  'CAP_NET_RAW', // older versions of iptables
  'CAP_SYS_PTRACE', // which process connects to the gateway, and which is the engine: /proc/PID/root and /proc/PID/fd
  'CAP_DAC_READ_SEARCH', // the same, for processes of other users
]

export function unitText(executable: string): string {
  return `[Unit]
Description=Fairlead agent: pulls private images and runs Ray on this node
Wants=network-online.target
After=network-online.target docker.service
StartLimitIntervalSec=0

[Service]
ExecStart=${executable} agent run
# If the machine is powered off (not rebooted), a node that joined by proof leaves, and proves its identity again when it comes back.
ExecStopPost=-${executable} agent leave --at-shutdown
Restart=always
RestartSec=10
# Containers belong to Docker, and keep running while the agent is stopped or replaced.
KillMode=mixed
TimeoutStopSec=30

# Gives the memory of a pull back after the pull.
${Object.entries(agentEnvironment)
  .map(([name, value]) => `Environment=${name}=${value}`)
  .join('\n')}

# Passwords are in its memory: keep them off the disk.
LimitCORE=0
MemorySwapMax=0

StateDirectory=fairlead
StateDirectoryMode=0700
UMask=0077

NoNewPrivileges=yes
CapabilityBoundingSet=${capabilities.join(' ')}
ProtectSystem=strict
# For the lock that iptables shares, and Docker's socket.
ReadWritePaths=/run
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
# The agent creates a control group for workloads.
ProtectControlGroups=no
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`
}

/** What an owner may change; every line is a comment, so the defaults stay in force. */
export const policyTemplate = `# ${defaultPaths.policy}: what this node trusts, and what its containers may have.
# The control plane cannot change it. Root owns it; after a change: systemctl restart ${unitName}
# What is in force: fairlead doctor

# Which secrets may be used, each for which registries. Without this list, whoever takes over the control plane can name any secret that this node may read.
# allowed_secrets:
#   - reference: team/registry-login
#     registries: [registry.example.com]

# Which registries images may come from, as HOST or HOST/PATH.
# allowed_registries: [registry.example.com]

# What Docker, containerd and podman on this machine may pull without a login of their own: \`fairlead door open\` writes this.
# doors:
#   registry.example.com: team/registry-login

# Token services on a different host than their registry.
# trusted_realms:
#   - registry: registry.example.com
#     realm: https://auth.example.com/token

# Private authorities, as files in PEM.
# registry_ca:
#   registry.example.com: /etc/fairlead/registry-ca.pem
# secret_manager_ca: /etc/fairlead/cloud-ca.pem

# proxy: http://proxy.example.com:3128
`
