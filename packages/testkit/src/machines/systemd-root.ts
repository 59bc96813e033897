/**
 * A machine whose first process is a real systemd: its own root with this host's programs, and a control group that is the whole
 * hierarchy from inside. None of this host's own units are there, nor what a distribution starts for hardware.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runFolder } from '../run-folder.ts'

/** Named after the folder of this process, so that the remains of a killed run can be found. */
export function systemdCgroup(name: string): string {
  const mount = / \/ (\S+) .* - cgroup2 /.exec(readFileSync('/proc/self/mountinfo', 'utf8'))?.[1]
  if (mount === undefined) throw new Error('a machine with systemd needs cgroups of version 2, mounted whole')
  const folder = join(mount, `${basename(runFolder())}-${name}`)
  mkdirSync(folder)
  return folder
}

/** Sets up the machine, as shell commands that do not return: they become systemd. */
export const systemdSetup = `
echo "$MACHINE" > /proc/sys/kernel/hostname
echo 0 > "$CGROUP/cgroup.procs"
exec unshare --cgroup sh -ec '
  root="$DIR/root"
  mount -t tmpfs -o mode=755 root "$root"
  cd "$root"
  mkdir -p usr etc/fairlead etc/docker etc/systemd/system/sysinit.target.wants var/lib/fairlead var/lib/docker run tmp root proc sys dev ".$RUN_FOLDER" .old
  chmod 1777 tmp
  mount --bind /usr usr
  mount -o remount,bind,ro usr
  mount --bind "$DIR/usr-local" usr/local
  for name in bin sbin lib lib32 lib64; do [ ! -L "/$name" ] || cp -P "/$name" .; done
  cp -rP /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache /etc/os-release /etc/alternatives /etc/ssl etc
  ln -s /run var/run
  touch etc/hosts
  echo "nameserver $NAMESERVER" > etc/resolv.conf
  echo "$MACHINE" > etc/hostname
  tr -d - < /proc/sys/kernel/random/uuid > etc/machine-id
  ln -s /usr/lib/systemd/system/systemd-journald.service etc/systemd/system/sysinit.target.wants
  for wants in sysinit multi-user sockets timers local-fs; do
    wants="usr/lib/systemd/system/$wants.target.wants"
    [ ! -d "$wants" ] || mount -t tmpfs none "$wants"
  done
  mount --bind "$DIR/etc-fairlead" etc/fairlead
  mount --bind "$DIR/etc-docker" etc/docker
  mount --bind "$DIR/hosts" etc/hosts
  mount --bind "$DIR/state" var/lib/fairlead
  mount --bind "$DIR/docker" var/lib/docker
  mount --bind "$RUN_FOLDER" ".$RUN_FOLDER"
  chmod 755 "$DIR/run" "$DIR/usr-local"
  mount --bind "$DIR/run" run
  mount -t proc proc proc
  mount -t sysfs sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  mount -t tmpfs -o mode=755 dev dev
  for device in null zero full random urandom tty; do
    touch "dev/$device"
    mount --bind "/dev/$device" "dev/$device"
  done
  mkdir dev/pts dev/shm
  mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
  mount -t tmpfs -o mode=1777 shm dev/shm
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  ip link set lo up
  pivot_root . .old
  cd /
  umount -l /.old
  rmdir /.old
  echo holding
  exec env -i container=fairlead PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/lib/systemd/systemd --unit=multi-user.target --log-target=console
'`

/** The engine as the unit that other units know, represented by this process: its end, its log, and SIGTERM are the unit's. */
export const engineUnit = `
log=$(readlink /proc/$$/fd/1)
cat > /etc/systemd/system/docker.service <<END
[Service]
Type=notify
Environment=PATH=$PATH
ExecStart=$(command -v "$1") $2
Delegate=yes
KillMode=process
StandardOutput=append:$log
StandardError=inherit
END
systemctl daemon-reload
systemctl start docker.service || exit
trap 'systemctl stop docker.service' TERM
tail -f /dev/null --pid "$(systemctl show --property MainPID --value docker.service)" &
wait
wait`
