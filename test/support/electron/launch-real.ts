import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright'
import type { DesktopApp, LaunchOptions, StandInControls } from './desktop-app.ts'

const PATIENCE_MS = 60_000

/** Starts the app on the real binary. `EnableNodeCliInspectArguments` must not be fused off: an unpacked app, never a release. */
export async function launchReal(binary: string, options: LaunchOptions): Promise<DesktopApp> {
  const userData = options.userData ?? mkdtempSync(join(tmpdir(), 'mailtide-electron-'))
  mkdirSync(userData, { recursive: true })
  const isRoot = process.getuid?.() === 0
  const env = Object.entries({ ...process.env, ...options.env }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  const application = await _electron.launch({
    executablePath: binary,
    args: [options.main, `--user-data-dir=${userData}`, ...(isRoot ? ['--no-sandbox'] : []), ...(options.args ?? [])],
    env: Object.fromEntries(env),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  const child = application.process()
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const exited = new Promise<number | null>((done) => {
    if (child.exitCode !== null) done(child.exitCode)
    else child.once('exit', (code) => done(code))
  })
  return {
    kind: 'real',
    userData,
    exited,
    process: () => child,
    output: () => said,
    windows: async () => application.windows(),
    firstWindow: () => application.firstWindow(),
    evaluate: application.evaluate.bind(application) as DesktopApp['evaluate'],
    until: async (look) => {
      const end = performance.now() + PATIENCE_MS
      for (;;) {
        const value = await look()
        if (value !== undefined && value !== null && value !== false) return value
        if (performance.now() > end) throw new Error(`It did not come to be. The app said:\n${said}`)
        await new Promise((done) => setTimeout(done, 50))
      }
    },
    close: async () => {
      await application.close()
      const code = await exited
      if (options.userData === undefined) rmSync(userData, { recursive: true, force: true, maxRetries: 5 })
      return code
    },
    get standIn(): StandInControls {
      throw new Error('Only the stand-in can do this: the test must say that it needs it')
    },
  }
}
