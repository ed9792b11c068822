import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Runs a program on this terminal to its end, handing signals down. Gives its exit code; rejects when it cannot be started. */
export async function runProgram(program: string, words: readonly string[]): Promise<number> {
  const child = spawn(program, words, { stdio: 'inherit' })
  const handDown = signals.map((signal) => [signal, () => void child.kill(signal)] as const)
  for (const [signal, listener] of handDown) process.on(signal, listener)
  try {
    return await exitCode(child)
  } finally {
    for (const [signal, listener] of handDown) process.off(signal, listener)
  }
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
}
