import { spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The Chromium of this computer, if it has one. */
export const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0,
)

export interface OpenPage {
  /** What a person types into the console of the page. */
  evaluate(expression: string): Promise<unknown>
  /** A picture of what is seen, as PNG. */
  screenshot(): Promise<Buffer>
}

/** Opens an address in a real browser, which lives as long as the test; resolves when the page, or the one it redirects to, has loaded. */
export async function openPage(program: string, address: string): Promise<OpenPage> {
  const profile = await mkdtemp(join(tmpdir(), 'mailtide-browser-'))
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run']
  const child = spawn(program, [...flags, `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'])
  const gone = new Promise((done) => child.once('exit', done))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await gone
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  })
  const endpoint = await new Promise<string>((found, fail) => {
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const url = /DevTools listening on (\S+)/.exec(said)?.[1]
      if (url !== undefined) found(url)
    })
    child.once('exit', () => fail(new Error(`The browser ended: ${said}`)))
  })
  const socket = new WebSocket(endpoint)
  await new Promise((done, fail) => {
    socket.onopen = done
    socket.onerror = fail
  })
  const waiting = new Map<number, (answer: Record<string, unknown>) => void>()
  socket.onmessage = ({ data }) => {
    const { id, ...answer } = JSON.parse(String(data)) as Record<string, unknown>
    waiting.get(Number(id))?.(answer)
  }
  let last = 0
  const ask = (method: string, params: object, sessionId?: unknown): Promise<Record<string, unknown>> => {
    const id = ++last
    const answered = new Promise<Record<string, unknown>>((done) => waiting.set(id, done))
    socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }))
    return answered.then((answer) => (answer['result'] ?? answer) as Record<string, unknown>)
  }
  const { targetId } = await ask('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true })
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result } = await ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId)
    return (result as { readonly value?: unknown; readonly description?: unknown }).value ?? result
  }
  await ask('Page.navigate', { url: address }, sessionId)
  while ((await evaluate(`document.readyState === 'complete' && location.href !== 'about:blank'`)) !== true)
    await new Promise((done) => setTimeout(done, 50))
  return {
    evaluate,
    screenshot: async () => {
      const { data } = await ask('Page.captureScreenshot', { format: 'png' }, sessionId)
      return Buffer.from(String(data), 'base64')
    },
  }
}
