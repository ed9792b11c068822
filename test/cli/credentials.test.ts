import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import { createAskSecret } from '../../electron/cli/ask-secret.ts'
import { AppError, toProblem } from '../../shared/errors.ts'
import { adaAccount, adaSealed } from '../api/fake-service.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { mailtide } from './mailtide.ts'
import { startHost } from './running-service.ts'

let host: Awaited<ReturnType<typeof startHost>>
let folder: string
let file: string
beforeEach(async () => {
  host = await startHost()
  folder = await tempFolder()
  file = join(folder, 'moving.json')
})

const asked: string[] = []
const typing = (answer: string | null) => ({
  askSecret: async (prompt: string) => {
    asked.push(prompt)
    return answer
  },
})
const env = (more: Record<string, string> = {}) => ({ env: { MAILTIDE_HOME: host.paths.home, ...more } })

describe('accounts export-credentials', () => {
  it('writes a new file for its owner alone, and says how it is taken in', async () => {
    let given = ''
    Object.assign(host.service, {
      exportCredentials: async (passphrase: string, account: string | undefined) => {
        given = `${passphrase} ${account ?? 'all'}`
        const problem = toProblem(new AppError('sealed_elsewhere', 'Another host sealed it'))
        return {
          file: adaSealed,
          accounts: [adaAccount.email, 'bob@example.com'],
          clients: ['work'],
          left_out: [{ email: 'eve@example.com', problem }],
        }
      },
    })
    const { code, out, err } = await mailtide(
      host.paths.home,
      `accounts export-credentials ${file}`,
      typing('correct horse'),
    )
    expect(code).toBe(0)
    expect(out).toMatch(/^The credentials of 2 accounts and 1 OAuth client are in .*moving\.json, sealed/)
    expect(out).toContain('mailtide accounts import-token FILE')
    expect(err).toContain('Left out: eve@example.com. Another host sealed it')
    expect(given).toBe('correct horse all')
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(adaSealed)
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('takes the passphrase from a file or the environment, and tells nobody', async () => {
    const passphraseFile = join(folder, 'passphrase')
    await writeFile(passphraseFile, 'battery staple\n')
    const seen: string[] = []
    Object.assign(host.service, {
      exportCredentials: async (passphrase: string) => {
        seen.push(passphrase)
        return { file: adaSealed, accounts: [adaAccount.email], clients: [], left_out: [] }
      },
    })
    const byFile = await mailtide(
      host.paths.home,
      `accounts export-credentials ${file} --account ada@example.com --passphrase-file ${passphraseFile} --json`,
    )
    const byVariable = await mailtide(
      host.paths.home,
      `accounts export-credentials ${file}.2`,
      env({ MAILTIDE_EXPORT_PASSPHRASE: 'correct horse' }),
    )
    expect(seen).toEqual(['battery staple', 'correct horse'])
    expect([byFile.code, byVariable.code]).toEqual([0, 0])
    expect(JSON.parse(byFile.out)).toEqual({ file, accounts: [adaAccount.email], clients: [], left_out: [] })
    expect(JSON.stringify([byFile, byVariable])).not.toMatch(/staple|horse|v1\.a/)
  })

  it('overwrites nothing, writes to no pipe, and leaves nothing when it fails', async () => {
    await writeFile(file, 'mine')
    const there = await mailtide(host.paths.home, `accounts export-credentials ${file}`, typing('x'))
    expect(there).toMatchObject({ code: 1, out: '', err: expect.stringContaining('is not overwritten') })
    expect(await readFile(file, 'utf8')).toBe('mine')
    for (const target of ['-', '/dev/stdout', folder, join(folder, 'none', 'file')]) {
      const seen = await mailtide(host.paths.home, `accounts export-credentials ${target}`, typing('x'))
      expect(seen.code, target).toBeGreaterThan(0)
      expect(seen.out).toBe('')
      expect(seen.err).toContain('What to do: ')
    }
    for (const [answer, words] of [
      [null, 'A passphrase is needed'],
      ['', 'The passphrase is empty'],
    ] as const) {
      const seen = await mailtide(host.paths.home, `accounts export-credentials ${file}.2`, typing(answer))
      expect(seen.err).toContain(words)
    }
    Object.assign(host.service, {
      exportCredentials: async () => {
        throw new AppError('not_found', 'There is no account bob@example.com', { remedy: 'See the list' })
      },
    })
    const unknown = await mailtide(host.paths.home, `accounts export-credentials ${file}.2 --account bob`, typing('x'))
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('There is no account bob') })
    expect(await readdir(folder)).toEqual(['moving.json'])
  })
})

describe('accounts import-token, given exported credentials', () => {
  beforeEach(() => writeFile(file, JSON.stringify(adaSealed)))

  it('asks for the passphrase once, and says what was added', async () => {
    asked.length = 0
    Object.assign(host.service, {
      importCredentials: async () => ({ accounts: [adaAccount], clients: ['work'], failed: [] }),
    })
    const { code, out } = await mailtide(host.paths.home, `accounts import-token ${file}`, typing('correct horse'))
    expect([code, out]).toEqual([0, 'Added ada@example.com\n1 OAuth client kept: work\n'])
    expect(asked).toEqual(['Passphrase of the file: '])
  })

  it('tells what could not be added with the way out, and ends with 1', async () => {
    const problem = toProblem(new AppError('network', 'Google does not answer', { remedy: 'Check the network' }))
    Object.assign(host.service, {
      importCredentials: async () => ({
        accounts: [adaAccount],
        clients: [],
        failed: [{ email: 'bob@example.com', problem }],
      }),
    })
    const seen = await mailtide(host.paths.home, `accounts import-token ${file}`, typing('correct horse'))
    expect(seen).toMatchObject({ code: 1, out: 'Added ada@example.com\n' })
    expect(seen.err).toContain('Not added: bob@example.com. Google does not answer\nWhat to do: Check the network\n')
  })

  it('is refused with what belongs to other files, and works without a service', async () => {
    const wrong = await mailtide(host.paths.home, `accounts import-token ${file} --email ada@example.com`, typing('x'))
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('Leave out --email') })
    const home = join(folder, 'elsewhere')
    await mkdir(home)
    const given: unknown[] = []
    const seen = await mailtide(home, `accounts import-token ${file}`, {
      ...typing('correct horse'),
      offline: new Proxy(
        {},
        {
          get: () => async (options: { passphrase: string; file: unknown }) => {
            given.push(options.passphrase, options.file)
            return { accounts: [adaAccount], clients: [], failed: [] }
          },
        },
      ) as never,
    })
    expect(seen.out).toBe('Added ada@example.com\nStart syncing with: mailtide start\n')
    expect(given).toEqual(['correct horse', adaSealed])
  })
})

describe('a secret asked for on the terminal', () => {
  const signal = new AbortController().signal
  const terminal = () => {
    const input = Object.assign(new PassThrough(), { isTTY: true })
    const shown: string[] = []
    return { input, shown, ask: createAskSecret(input, { write: (text) => shown.push(text) }) }
  }

  it('is not shown, and may hold spaces and letters of every script', async () => {
    const { input, shown, ask } = terminal()
    const answer = ask('Passphrase: ', { signal })
    input.write('correct hörse 馬\r')
    expect(await answer).toBe('correct hörse 馬')
    expect(shown.join('')).toBe('Passphrase: \n')
  })

  it('is asked for twice where that is wanted, and must be the same', async () => {
    for (const [second, isSame] of [
      ['one', true],
      ['two', false],
    ] as const) {
      const { input, ask } = terminal()
      const answer = ask('New: ', { signal, again: 'Again: ' }).catch((error: unknown) => error)
      input.write('one\r')
      await new Promise((done) => setImmediate(done))
      input.write(`${second}\r`)
      if (isSame) expect(await answer).toBe('one')
      else expect(await answer).toMatchObject({ code: 'bad_input' })
    }
  })

  it('is asked for only when the terminal shows nothing any more, and keeps the program alive for each answer', async () => {
    const events: string[] = []
    const input = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (isRaw: boolean) => events.push(isRaw ? 'raw' : 'cooked'),
      ref: () => events.push('held'),
      unref: () => events.push('let go'),
    })
    const ask = createAskSecret(input, { write: (text) => events.push(text) })
    const answer = ask('New: ', { signal, again: 'Again: ' })
    input.write('one\r')
    await new Promise((done) => setImmediate(done))
    input.write('one\r')
    expect(await answer).toBe('one')
    const once = (prompt: string) => ['held', 'raw', prompt, '\n', 'cooked', 'let go']
    expect(events).toEqual([...once('New: '), ...once('Again: ')])
  })

  it('is not taken from a pipe, and given up by a signal', async () => {
    expect(await createAskSecret(new PassThrough(), { write: () => true })('P: ', { signal })).toBeNull()
    const stop = new AbortController()
    const answer = terminal().ask('P: ', { signal: stop.signal })
    stop.abort()
    await expect(answer).rejects.toMatchObject({ code: 'aborted' })
  })
})
