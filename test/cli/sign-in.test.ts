import { spawn } from 'node:child_process'
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import { createAsk } from '../../electron/cli/ask.ts'
import { browserCommand } from '../../electron/cli/browser.ts'
import { AppError, toProblem } from '../../shared/errors.ts'
import type { SignIn } from '../../shared/sign-in.ts'
import { adaAccount, adaSignIn } from '../api/fake-service.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { mailtide } from './mailtide.ts'
import { startHost } from './running-service.ts'

const done: SignIn = { ...adaSignIn, state: 'done', account: adaAccount }
const failed = (error: AppError): SignIn => ({ ...adaSignIn, state: 'failed', problem: toProblem(error) })
const noBrowser = '--no-browser'

let host: Awaited<ReturnType<typeof startHost>>
beforeEach(async () => {
  host = await startHost()
})

/** The browser comes back once the sign-in was looked at so often. */
function endsAfter(looks: number, end: SignIn): void {
  let left = looks
  Object.assign(host.service, { signIn: () => (left-- > 0 ? adaSignIn : end) })
}

describe('accounts use-client', () => {
  it('signs in with the other client, and says so', async () => {
    endsAfter(1, done)
    const { code, out, err } = await mailtide(host.paths.home, `accounts use-client ada@example.com work ${noBrowser}`)
    expect([code, out]).toEqual([0, 'ada@example.com is now signed in with work and continues where it left off\n'])
    expect(err).toContain(adaSignIn.url)
    expect(host.service.calls).toContain('use client work ada@example.com false')
  })

  it('says that nothing was changed when the sign-in fails, or was needed', async () => {
    endsAfter(0, failed(new AppError('wrong_account', 'You signed in as eve', { remedy: 'Sign in again' })))
    const wrong = await mailtide(host.paths.home, `accounts use-client ada@example.com work ${noBrowser}`)
    expect(wrong.code).toBe(1)
    expect(wrong.err).toContain('Nothing was changed: ada@example.com keeps its current sign-in.\nmailtide: You signed')
    const same = await mailtide(host.paths.home, 'accounts use-client ada@example.com ada')
    expect(same).toMatchObject({
      code: 0,
      out: 'ada@example.com already uses the OAuth client ada; nothing was changed\n',
    })
    expect((await mailtide(host.paths.home, 'accounts use-client ada@example.com')).code).toBe(2)
  })
})

describe('accounts add --demo', () => {
  it('says what was added and how it is ended, and that it was already here', async () => {
    const { code, out } = await mailtide(host.paths.home, 'accounts add --demo')
    expect(code).toBe(0)
    expect(out).toBe(
      'Added ada@demo.mailtide.example, the demo account: made-up mail from a Gmail simulated on this computer. It is arriving now\n' +
        'To remove it: mailtide accounts remove ada@demo.mailtide.example --mail delete\n',
    )
    const { addDemo } = host.service
    Object.assign(host.service, { addDemo: async () => ({ ...(await addDemo()), added: false }) })
    expect((await mailtide(host.paths.home, 'accounts add --demo --no-browser')).out).toMatch(
      /^The demo account is already here: ada@demo\.mailtide\.example\n/,
    )
    expect(JSON.parse((await mailtide(host.paths.home, 'accounts add --demo --json')).out)).toMatchObject({
      added: false,
      account: { demo: true },
    })
  })

  it('does not take it for a sign-in, and needs a service', async () => {
    const { code, err } = await mailtide(host.paths.home, 'accounts add --demo --hint ada@example.com')
    expect([code, err]).toEqual([2, expect.stringContaining('--hint means nothing')])
    expect(host.service.calls).toEqual([])
    expect((await mailtide(await tempFolder(), 'accounts add --demo')).code).toBe(3)
  })
})

describe('accounts add', () => {
  it('prints the address, waits for the browser, and says what was added', async () => {
    endsAfter(1, done)
    Object.assign(host.service, {
      snapshot: ((before) => () => ({ ...before(), accounts: [] }))(host.service.snapshot),
    })
    const { code, out, err } = await mailtide(host.paths.home, `accounts add --hint ada@example.com ${noBrowser}`)
    expect([code, out]).toEqual([0, 'Added ada@example.com. Its first download starts with the next cycle\n'])
    expect(err).toContain(`Open this address in a browser, and sign in with Google:\n\n${adaSignIn.url}\n`)
    expect(err).toContain('paste')
    expect(host.service.calls).toContain('sign in {"email":"ada@example.com","paste":false}')
  })

  it('says that a known account is signed in again, as JSON too', async () => {
    endsAfter(0, done)
    const { out } = await mailtide(host.paths.home, `accounts add --client ada ${noBrowser}`)
    expect(out).toContain('was already here')
    expect(host.service.calls).toContain('sign in {"client":"ada","paste":false}')
    endsAfter(0, done)
    const json = await mailtide(host.paths.home, `accounts add ${noBrowser} --json`)
    expect(JSON.parse(json.out)).toEqual({ account: adaAccount })
  })

  it('takes a pasted address, and asks again after a wrong one', async () => {
    endsAfter(1_000, done)
    Object.assign(host.service, {
      finishSignIn: async (_: string, pasted: string) => {
        if (pasted === 'hello') throw new AppError('bad_input', 'That is no address', { remedy: 'Paste it whole' })
        return done
      },
    })
    const pasted = ['', 'hello', 'http://127.0.0.1:9/?code=4/0abc']
    const { code, out, err } = await mailtide(host.paths.home, `accounts add ${noBrowser}`, {
      ask: async () => pasted.shift() ?? null,
    })
    expect([code, pasted.length]).toEqual([0, 0])
    expect(out).toContain('ada@example.com')
    expect(err).toContain('That is no address')
    expect(err).toContain('What to do: Paste it whole')
  })

  it('waits for the browser when it was faster than the paste', async () => {
    endsAfter(1, done)
    const overtaken = async () => {
      throw new AppError('conflict', 'The sign-in is being finished')
    }
    Object.assign(host.service, { finishSignIn: overtaken })
    const { code } = await mailtide(host.paths.home, `accounts add ${noBrowser}`, { ask: async () => 'code=4/0abc' })
    expect(code).toBe(0)
  })

  it('learns how it ended when the answer to the paste was lost', async () => {
    endsAfter(1, done)
    const lost = async () => {
      throw new AppError('network', 'Mailtide does not answer within 60 seconds')
    }
    Object.assign(host.service, { finishSignIn: lost })
    const { code } = await mailtide(host.paths.home, `accounts add ${noBrowser}`, { ask: async () => 'code=4/0abc' })
    expect(code).toBe(0)
  })

  it('fails with the words of the sign-in', async () => {
    endsAfter(1, failed(new AppError('wrong_account', 'You signed in as bob', { remedy: 'Choose ada' })))
    const { code, out, err } = await mailtide(host.paths.home, `accounts add ${noBrowser}`)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('mailtide: You signed in as bob\nWhat to do: Choose ada\n')
    endsAfter(0, failed(new AppError('wrong_account', 'You signed in as bob')))
    const json = await mailtide(host.paths.home, `accounts add ${noBrowser} --json`)
    expect([json.code, JSON.parse(json.out)]).toMatchObject([1, { code: 'wrong_account' }])
  })

  it('gives the sign-in up on Ctrl-C', async () => {
    endsAfter(1_000, done)
    const running = mailtide(host.paths.home, `accounts add ${noBrowser}`, {
      ask: async () => {
        process.emit('SIGINT')
        return null
      },
    })
    expect(await running).toMatchObject({ code: 1, out: '' })
    expect(host.service.calls).toContain(`cancel ${adaSignIn.id}`)
  })

  it('says that the service was stopped in the middle, and what to do', async () => {
    endsAfter(1_000, done)
    const running = mailtide(host.paths.home, `accounts add ${noBrowser}`, {
      ask: async () => {
        await host.closeApi()
        return null
      },
    })
    expect(await running).toMatchObject({
      code: 3,
      err: expect.stringMatching(
        /\nMailtide was stopped during the sign-in. Start it with: mailtide start, then sign in again\n$/,
      ),
    })
  })

  it('opens the browser that is asked for', async () => {
    endsAfter(3, done)
    const seen = join(await tempFolder(), 'seen')
    await writeFile(`${seen}.sh`, `#!/bin/sh\nprintf '%s' "$1" > '${seen}'\n`, { mode: 0o755 })
    const { err } = await mailtide(host.paths.home, 'accounts add', {
      env: { MAILTIDE_HOME: host.paths.home, BROWSER: `${seen}.sh` },
    })
    expect(err).toContain('in your browser')
    expect(await readFile(seen, 'utf8')).toBe(adaSignIn.url)
    endsAfter(0, done)
    const missing = await mailtide(host.paths.home, 'accounts add', {
      env: { MAILTIDE_HOME: host.paths.home, BROWSER: '/nowhere/browser' },
    })
    expect(missing.err).toContain('Open this address')
  })
})

it('accounts reauth begins at the account', async () => {
  endsAfter(0, done)
  const { code, out } = await mailtide(host.paths.home, `accounts reauth ada@example.com ${noBrowser}`)
  expect([code, out]).toEqual([0, 'ada@example.com is signed in again and continues where it left off\n'])
  expect(host.service.calls).toContain('sign in {"account":"ada@example.com","paste":false}')
})

it('an account that is paused stays so, which is said', async () => {
  endsAfter(0, { ...done, account: { ...adaAccount, state: 'paused' } })
  const { out } = await mailtide(host.paths.home, `accounts reauth ada@example.com ${noBrowser}`)
  expect(out).toBe(
    'ada@example.com is signed in again and stays paused until: mailtide accounts resume ada@example.com\n',
  )
})

it('without a service all of them say how to start it', async () => {
  const home = join(await tempFolder(), 'nobody')
  const file = join(await tempFolder(), 'client.json')
  await writeFile(file, '{}')
  for (const line of [
    'accounts add',
    'accounts reauth ada',
    'clients list',
    'clients remove ada',
    `clients add ${file}`,
  ]) {
    const { code, err } = await mailtide(home, line)
    expect([code, err]).toEqual([3, 'Mailtide is not running. Start it with: mailtide start\n'])
  }
})

describe('clients', () => {
  it('are added from a file or from standard input, listed and removed', async () => {
    const file = join(await tempFolder(), 'client_secret.json')
    await writeFile(file, '\ufeff{"installed":{"client_id":"ada"}}')
    await symlink(file, `${file}.link`)
    for (const line of [`clients add ${file} --name ada`, `clients add ${file}.link`, 'clients add -']) {
      const { code, out } = await mailtide(host.paths.home, line, { readStdin: async () => '{"client_id":"ada"}' })
      expect([code, out]).toEqual([0, 'Added the OAuth client ada. Sign in with: mailtide accounts add\n'])
    }
    expect(host.service.calls).toEqual([
      'client {"installed":{"client_id":"ada"}} ada',
      'client {"installed":{"client_id":"ada"}} undefined',
      'client {"client_id":"ada"} undefined',
    ])
    expect((await mailtide(host.paths.home, 'clients list')).out).toBe(
      'ada\n  ada.apps.googleusercontent.com\n  used by ada@example.com\n',
    )
    const { out } = await mailtide(host.paths.home, 'clients remove ada')
    expect(out).toBe('Removed the OAuth client ada. Accounts signed in with it keep syncing\n')
  })

  it('that are not the only one are named for the sign-in', async () => {
    const kept = (name: string, client_id: string | null) => ({ name, client_id, project_id: null, accounts: [] })
    const add = async (...clients: ReturnType<typeof kept>[]) => {
      Object.assign(host.service, { clients: async () => clients })
      return (await mailtide(host.paths.home, 'clients add -', { readStdin: async () => '{"client_id":"ada"}' })).out
    }
    expect(await add(kept('ada', 'ada'), kept('work', 'work'))).toMatch(/ accounts add --client ada\n$/)
    expect(await add(kept('ada', 'ada'), kept('shut', null), kept('again', 'ada'))).toMatch(/ accounts add\n$/)
  })

  it('of a file that cannot be one are refused, without a word of what it holds', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'large.json'), Buffer.alloc(100_000, 'x'))
    await writeFile(join(folder, 'torn.json'), '{"client_secret":"GOCSPX-half')
    await mkdir(join(folder, 'folder.json'))
    for (const [name, words] of [
      ['large.json', 'too large'],
      ['torn.json', 'does not hold a JSON object'],
      ['folder.json', 'it is a folder'],
      ['missing.json', 'cannot be read'],
    ] as const) {
      const { code, err } = await mailtide(host.paths.home, `clients add ${join(folder, name)}`)
      expect([code, err]).toEqual([1, expect.stringContaining(words)])
      expect(err).not.toContain('GOCSPX')
    }
    if (process.platform !== 'win32' && (await stat('/dev/zero')).isCharacterDevice()) {
      expect((await mailtide(host.paths.home, 'clients add /dev/zero')).err).toContain('too large')
    }
    expect(host.service.calls).toEqual([])
  })
})

it.each([
  [{ DISPLAY: ':0' }, 'linux', ['xdg-open', 'U']],
  [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', ['xdg-open', 'U']],
  [{}, 'linux', null],
  [{ DISPLAY: ':10', SSH_CONNECTION: '1 2 3 4' }, 'linux', null],
  [{ BROWSER: 'firefox --new-window:lynx', SSH_CONNECTION: '1 2 3 4' }, 'linux', ['firefox', '--new-window', 'U']],
  [{ BROWSER: 'show %s now' }, 'linux', ['show', 'U', 'now']],
  [{}, 'darwin', ['open', 'U']],
  [{ SSH_TTY: '/dev/ttys1' }, 'darwin', null],
  [{}, 'win32', ['rundll32.exe', 'url.dll,FileProtocolHandler', 'U']],
] as const)('the browser of %o on %s is %o', (env, platform, command) => {
  expect(browserCommand('U', env, platform)).toEqual(command)
})

describe('a question on standard input', () => {
  const signal = () => new AbortController().signal

  it('is answered by a line, or by nobody', async () => {
    const input = new PassThrough()
    const output = new PassThrough()
    const ask = createAsk(input, output)
    input.write('http://127.0.0.1/?code=1\n')
    expect(await ask('> ', signal())).toBe('http://127.0.0.1/?code=1')
    input.end()
    expect(await ask('> ', signal())).toBeNull()
    expect(output.read()).toBeNull()
  })

  it('leaves the lines after its own to the next question, however they come', async () => {
    const input = new PassThrough()
    const ask = createAsk(input, new PassThrough())
    input.write('one\ntwo\nthr')
    expect([await ask('> ', signal()), await ask('> ', signal())]).toEqual(['one', 'two'])
    input.end('ee')
    expect([await ask('> ', signal()), await ask('> ', signal())]).toEqual(['three', null])
    expect(await ask('> ', signal())).toBeNull()
  })

  it('given up, leaves its line to the next one', async () => {
    const input = new PassThrough()
    const ask = createAsk(input, new PassThrough())
    const stop = new AbortController()
    const given = ask('> ', stop.signal)
    stop.abort()
    await expect(given).rejects.toMatchObject({ code: 'aborted' })
    input.write('one\n')
    expect(await ask('> ', signal())).toBe('one')
  })

  it('on a terminal takes what is pasted at once as one answer, also of several lines', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined })
    const output = new PassThrough()
    const ask = createAsk(input, output)
    const first = ask('first> ', signal())
    input.write('http://127.0.0.1:9/?state=a&co')
    input.write('de=4/0\nabc\r')
    expect(await first).toBe('http://127.0.0.1:9/?state=a&code=4/0\nabc')
    const second = ask('second> ', signal())
    input.write('broken\nin ')
    await new Promise((done) => setImmediate(done))
    input.write('two\r')
    expect(await second).toBe('broken\nin two')
    expect(String(output.read())).toContain('second> ')
  })

  it('keeps the program alive until it is answered, as often as it is asked', async () => {
    const module = new URL('../../electron/cli/ask.ts', import.meta.url).href
    const script = `
      const { createAsk } = await import(${JSON.stringify(module)})
      const ask = createAsk(process.stdin, process.stdout)
      const never = new AbortController().signal
      console.log(await ask('', never))
      console.log(await ask('', never))
      process.stdout.write('open')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (said === '') child.stdin.write('two\n')
      said += text
    })
    child.stdin.write('one\n')
    // The pipe stays open, and keeps nobody.
    expect(await new Promise((done) => child.once('close', done))).toBe(0)
    expect(said).toBe('one\ntwo\nopen')
  })

  it('ends when it is not needed any more', async () => {
    const stop = new AbortController()
    const answer = createAsk(new PassThrough(), new PassThrough())('> ', stop.signal)
    stop.abort()
    await expect(answer).rejects.toMatchObject({ code: 'aborted' })
    await expect(createAsk(new PassThrough(), new PassThrough())('> ', stop.signal)).rejects.toMatchObject({
      code: 'aborted',
    })
  })
})
