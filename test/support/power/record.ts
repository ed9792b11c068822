import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import { readTrace, type TraceEvent, tracedCalls } from './trace.ts'

/** Whether system calls can be recorded here: Linux, with strace, in a container that lets it. */
export const canRecord = (): boolean =>
  process.platform === 'linux' && spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0

/** A process whose system calls are being written down. */
export interface Recording {
  readonly pid: number
  readonly ended: Promise<number | null>
  output(): string
  /** Tells the recorded process itself, not strace. */
  stop(): void
}

/** Runs a Node program under strace, its calls written to `trace`. */
export function record(program: readonly string[], env: NodeJS.ProcessEnv, trace: string): Recording {
  const strace = ['-f', '-y', '-xx', '--seccomp-bpf', '-s', '99999999', '-o', trace, '-e', `trace=${tracedCalls}`]
  // Signals to strace itself would detach it: the program is a child that the process group reaches.
  const child = spawn('strace', [...strace, process.execPath, ...program], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-4_000)
    })
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const pid = child.pid ?? 0
  return {
    pid,
    ended,
    output: () => text,
    // strace blocks SIGTERM while it traces a program it started, and the group has both.
    stop: () => void process.kill(-pid, 'SIGTERM'),
  }
}

/** What a recorded process did to files below `root`. */
export function readRecording(trace: string, root: string): TraceEvent[] {
  const events: TraceEvent[] = []
  const below = (path: string): boolean => path === root || path.startsWith(`${root}/`)
  for (const event of readTrace(linesOf(trace))) {
    if ('from' in event ? below(event.from) || below(event.to) : below(event.path)) events.push(event)
  }
  return events
}

function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r')
  try {
    const piece = Buffer.alloc(1 << 20)
    let rest: Buffer[] = []
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      let from = 0
      for (let end = piece.indexOf(10); end !== -1 && end < read; end = piece.indexOf(10, from)) {
        yield Buffer.concat([...rest, piece.subarray(from, end)]).toString('latin1')
        rest = []
        from = end + 1
      }
      if (from < read) rest.push(Buffer.from(piece.subarray(from, read)))
    }
  } finally {
    closeSync(file)
  }
}
