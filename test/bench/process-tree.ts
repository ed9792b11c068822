import { readdirSync, readFileSync } from 'node:fs'

/** What a process and its descendants have used so far, from Linux' /proc: https://man7.org/linux/man-pages/man5/proc.5.html */
export interface TreeUse {
  /** User and system time of all processes of the tree that live, and of their children that were waited for. */
  readonly cpuSeconds: number
  /** Resident memory of the tree now. */
  readonly rssBytes: number
  /** The largest resident memory of any one process so far. */
  readonly highWaterBytes: number
}

export interface TreeWatch {
  /** CPU seconds used up to a wall-clock time (milliseconds since 1970), interpolated between samples. */
  cpuAt(time: number): number
  /** The largest resident memory of the tree since `since`: sampled, and no less than the kernel's own high water of one process. */
  readonly peakRssBytes: number
  stop(): void
}

/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100
const SAMPLE_MS = 50

const isMeasurable = process.platform === 'linux'

/** Zeros where there is no /proc. */
export function treeUse(root: number): TreeUse {
  if (!isMeasurable) return { cpuSeconds: 0, rssBytes: 0, highWaterBytes: 0 }
  const sum = { cpuSeconds: 0, rssBytes: 0, highWaterBytes: 0 }
  for (const pid of treeOf(root)) {
    const stat = read(`/proc/${pid}/stat`)
    const status = read(`/proc/${pid}/status`)
    if (stat === null || status === null) continue
    // The second field is the command in parentheses and may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = [11, 12, 13, 14].reduce((total, at) => total + Number(fields[at]), 0)
    sum.cpuSeconds += ticks / TICKS_PER_SECOND
    sum.rssBytes += kilobytes(status, 'VmRSS')
    sum.highWaterBytes = Math.max(sum.highWaterBytes, kilobytes(status, 'VmHWM'))
  }
  return sum
}

/** Watches a process and its descendants until stopped. */
export function watchTree(root: number): TreeWatch {
  const samples: { readonly at: number; readonly cpuSeconds: number }[] = []
  let peakRssBytes = 0
  const sample = (): void => {
    const use = treeUse(root)
    if (use.rssBytes === 0) return
    samples.push({ at: Date.now(), cpuSeconds: use.cpuSeconds })
    peakRssBytes = Math.max(peakRssBytes, use.rssBytes, use.highWaterBytes)
  }
  sample()
  const timer = setInterval(sample, SAMPLE_MS)
  return {
    cpuAt(time) {
      const after = samples.findIndex((each) => each.at >= time)
      const high = samples[after < 0 ? samples.length - 1 : after]
      const low = samples[Math.max(0, (after < 0 ? samples.length : after) - 1)]
      if (high === undefined || low === undefined) return 0
      if (high.at === low.at) return high.cpuSeconds
      const share = Math.min(1, Math.max(0, (time - low.at) / (high.at - low.at)))
      return low.cpuSeconds + (high.cpuSeconds - low.cpuSeconds) * share
    },
    get peakRssBytes() {
      return peakRssBytes
    },
    stop: () => {
      sample()
      clearInterval(timer)
    },
  }
}

/** CPU seconds of the threads that live, by name: where the time goes. */
export function threadUse(pid: number): Record<string, number> {
  const use: Record<string, number> = {}
  if (!isMeasurable) return use
  for (const task of list(`/proc/${pid}/task`)) {
    const name = read(`/proc/${pid}/task/${task}/comm`)?.trim()
    const nanoseconds = Number(read(`/proc/${pid}/task/${task}/schedstat`)?.split(' ')[0])
    if (name === undefined || !Number.isFinite(nanoseconds)) continue
    use[name] = (use[name] ?? 0) + nanoseconds / 1e9
  }
  return use
}

function treeOf(root: number): number[] {
  const pids = [root]
  for (const pid of pids) {
    for (const task of list(`/proc/${pid}/task`)) {
      const children = read(`/proc/${pid}/task/${task}/children`)?.trim() ?? ''
      if (children !== '') pids.push(...children.split(' ').map(Number))
    }
  }
  return pids
}

/** Processes and threads come and go while we look. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

const kilobytes = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024
