import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import { papers } from '../support/papers.ts'

/** Another program that downloads the same mails, as the script beside the checkout measured it. */
const Rival = z.object({
  tool: z.string(),
  wallS: z.number(),
  userS: z.number(),
  sysS: z.number(),
  rssMB: z.number(),
  msgPerS: z.number(),
})
export type RivalRun = z.infer<typeof Rival>

const scripts = {
  lieer: { script: 'bench/run-lieer.sh', needs: ['gmi', 'notmuch', 'python3', 'curl'] },
  mbsync: { script: 'bench/run-mbsync.sh', needs: ['mbsync', 'dovecot', 'python3'] },
} as const
export type RivalName = keyof typeof scripts

/** Why a rival cannot be measured here; null when it can. */
export function whyNot(name: RivalName): string | null {
  const { script, needs } = scripts[name]
  if (papers(script) === null) return 'its script is not beside the checkout'
  const missing = ['/usr/bin/time', ...needs].filter((program) => !isInstalled(program))
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`
}

function isInstalled(program: string): boolean {
  const folders = program.startsWith('/') ? [''] : [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** One run over so many mails. */
export async function runRival(name: RivalName, messages: number): Promise<RivalRun> {
  const script = papers(scripts[name].script)
  if (script === null) throw new Error('The script is not beside the checkout')
  const args = name === 'lieer' ? ['1', String(messages), '0'] : ['1', String(messages)]
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin` }
  const child = spawn('bash', [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8')
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${errors.slice(-2_000)}`)
  const [first] = out.split('\n')
  return Rival.parse(JSON.parse(first ?? ''))
}
