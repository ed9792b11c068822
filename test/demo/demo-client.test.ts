import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDemoGmail } from '../../electron/demo/demo-client.ts'
import type { DemoGmail } from '../../electron/ports.ts'
import { DEMO_EMAIL } from '../../shared/demo.ts'

const since = new Date('2026-03-01T12:00:00.000Z')
const start = () => startDemoGmail({ email: DEMO_EMAIL, since, onChange: () => undefined })

async function ask<T>(gmail: DemoGmail, path: string): Promise<T> {
  const { client_id, client_secret, refresh_token } = gmail.credential
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id, client_secret, refresh_token })
  const answer = await fetch(`${gmail.oauthUrl}token`, { method: 'POST', body: form })
  const { access_token } = (await answer.json()) as { readonly access_token: string }
  const headers = { authorization: `Bearer ${access_token}` }
  return (await (await fetch(`${gmail.rootUrl}gmail/v1/users/me/${path}`, { headers })).json()) as T
}
const listed = (gmail: DemoGmail) =>
  ask<{ readonly messages: readonly { readonly id: string }[] }>(gmail, 'messages?maxResults=500&includeSpamTrash=true')

describe('the Gmail of the demo account', () => {
  let gmail: DemoGmail
  beforeAll(async () => {
    gmail = await start()
  })
  afterAll(() => gmail.close())

  it('answers on a loopback address with a few hundred mails, the newest from just before it was begun', async () => {
    expect(gmail.rootUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(gmail.oauthUrl.startsWith(gmail.rootUrl)).toBe(true)
    const { messages } = await listed(gmail)
    expect(messages.length).toBeGreaterThanOrEqual(200)
    const newest = await ask<{ readonly internalDate: string }>(gmail, `messages/${messages[0]!.id}?format=minimal`)
    const before = since.getTime() - Number(newest.internalDate)
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(3 * 3_600_000)
  })

  it('has the same mails at its next start, and forgets what it told before', async () => {
    const earlier = await ask<{ readonly historyId: string }>(gmail, 'profile')
    const next = await start()
    expect(await listed(next)).toMatchObject({ messages: (await listed(gmail)).messages })
    const answer = await ask<{ readonly error?: { readonly code: number } }>(
      next,
      `history?startHistoryId=${earlier.historyId}`,
    )
    expect(answer.error?.code).toBe(404)
    await next.close()
    await next.ended
  })

  it('says why it does not start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mailtide-demo-'))
    const program = (name: string, text: string): URL => {
      writeFileSync(join(folder, name), text)
      return pathToFileURL(join(folder, name))
    }
    const options = { email: DEMO_EMAIL, since, onChange: () => undefined }
    const refused = (message: string | RegExp) => ({ code: 'demo', message: expect.stringMatching(message) })
    const threw = program('throws.mjs', `throw new Error('no such thing')`)
    await expect(startDemoGmail(options, threw)).rejects.toMatchObject(refused('no such thing'))
    const left = program('ends.mjs', '')
    await expect(startDemoGmail(options, left)).rejects.toMatchObject(refused('its thread ended'))
    const mute = program('mute.mjs', 'setInterval(() => undefined, 1_000)')
    await expect(startDemoGmail(options, mute, 1)).rejects.toMatchObject(refused('did not start within'))
    await rm(folder, { recursive: true })
  })

  it('tells of each change', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mailtide-demo-'))
    const path = join(folder, 'lively.mjs')
    const ready = `{ kind: 'ready', rootUrl: 'http://127.0.0.1:1/', oauthUrl: 'http://127.0.0.1:1/oauth/', credential: {} }`
    writeFileSync(
      path,
      `import { parentPort } from 'node:worker_threads'
      parentPort.postMessage(${ready})
      parentPort.postMessage({ kind: 'changed' })
      setInterval(() => undefined, 1_000)`,
    )
    const { promise, resolve } = Promise.withResolvers<void>()
    const { close } = await startDemoGmail({ email: DEMO_EMAIL, since, onChange: resolve }, pathToFileURL(path))
    await promise
    await close()
    await rm(folder, { recursive: true })
  })
})
