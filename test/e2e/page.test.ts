import { spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { serveApi } from '../../electron/api/server.ts'
import { buildApi } from '../api/api-under-test.ts'

const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0,
)

/** Opens an address in a real browser, and gives the way to evaluate there what a person types into its console. */
async function openPage(program: string, address: string): Promise<(expression: string) => Promise<unknown>> {
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
  while ((await evaluate(`document.readyState === 'complete' && location.href === '${address}'`)) !== true)
    await new Promise((done) => setTimeout(done, 50))
  return evaluate
}

it('a page of ours that asks for the status gets it in a real browser, and one of another origin does not', {
  timeout: 60_000,
}, async ({ skip }) => {
  if (browser === undefined) return skip('skipped: no Chromium is installed')
  const built = buildApi()
  const server = await serveApi(built.api, 0)
  onTestFinished(async () => {
    built.events.close()
    await server.close()
  })
  const evaluate = await openPage(browser, `http://127.0.0.1:${server.port}/`)
  const asked = (address: string) =>
    evaluate(`fetch('${address}').then((answer) => answer.json()).then(
      (data) => data.sync_status?.state ?? data.code, (error) => String(error))`)
  expect(await asked('/api/v1/test/background-sync/status')).toBe('idle')
  expect(await asked(`http://localhost:${server.port}/api/v1/test/background-sync/status`)).toMatch(/Failed to fetch/)
})
