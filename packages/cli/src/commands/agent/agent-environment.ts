/** What an agent has in its environment wherever we start it: its unit under systemd and its container image. */
export const agentEnvironment = {
  // glibc keeps freed memory of blocks that are smaller than this, and raises the limit to the largest block that it has seen, unless told: the
  // buffers of one pull, 50 MiB, would then stay for good.
  MALLOC_MMAP_THRESHOLD_: '65536',
} as const
