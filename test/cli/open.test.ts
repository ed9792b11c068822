import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../platform/temp-home.ts'
import { mailtide } from './mailtide.ts'
import { startHost } from './running-service.ts'

const redeem = (port: number, code: string) =>
  fetch(`http://127.0.0.1:${port}/api/v1/token/redeem`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
const codeIn = (text: string): string => /#code=([\w-]+)/.exec(text)?.[1] ?? ''

describe('mailtide open', () => {
  it('prints a link that brings a browser the token, once', async () => {
    const { paths, port, token } = await startHost()
    const { code, out, err } = await mailtide(paths.home, 'open --no-browser')
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(`http://127.0.0.1:${port}/#code=`)
    // The token itself is never in the link.
    expect(out).not.toContain(token)
    expect(await (await redeem(port, codeIn(out))).json()).toEqual({ token })
    expect((await redeem(port, codeIn(out))).status).toBe(403)
  })

  it('gives the link to the browser and keeps it out of the terminal', async () => {
    const { paths, port } = await startHost()
    const folder = await tempFolder()
    const browser = join(folder, 'browser')
    await writeFile(browser, `#!/bin/sh\nprintf %s "$1" > "${folder}/seen"\nmv "${folder}/seen" "${folder}/asked"\n`)
    await chmod(browser, 0o755)
    const env = { MAILTIDE_HOME: paths.home, BROWSER: browser, PATH: process.env['PATH'] }
    const { out } = await mailtide(paths.home, 'open --json', { env })
    expect(JSON.parse(out)).toMatchObject({ url: `http://127.0.0.1:${port}/`, opened: true })
    await expect.poll(() => readFile(join(folder, 'asked'), 'utf8').catch(() => '')).toContain('/#code=')
    expect((await redeem(port, codeIn(await readFile(join(folder, 'asked'), 'utf8')))).status).toBe(200)
  })

  it('over SSH prints the link and the way there', async () => {
    const { paths, port } = await startHost()
    const env = { MAILTIDE_HOME: paths.home, SSH_CONNECTION: '10.0.0.2 1 10.0.0.1 22' }
    const { out } = await mailtide(paths.home, 'open', { env })
    expect(out).toContain(`ssh -L ${port}:127.0.0.1:${port} HOST`)
  })

  it('says that nothing runs, and what to do about a token that cannot be read', async () => {
    expect((await mailtide(await tempFolder(), 'open')).code).toBe(3)
    const { paths } = await startHost()
    await writeFile(paths.apiToken, 'short\n')
    const { code, err } = await mailtide(paths.home, 'open --no-browser')
    expect(code).toBe(1)
    expect(err).toContain('cannot be read')
  })
})
