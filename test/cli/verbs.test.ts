import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { bashCompletion } from '../../electron/cli/completion-bash.ts'
import { fishCompletion } from '../../electron/cli/completion-fish.ts'
import { zshCompletion } from '../../electron/cli/completion-zsh.ts'
import { manualPage } from '../../electron/cli/manual.ts'
import { verbs } from '../../electron/cli/verbs.ts'
import { settingNames } from '../../shared/settings.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { mailtide } from './mailtide.ts'

const root = join(import.meta.dirname, '../..')
const names = verbs.map(({ name }) => name)

let home: string
beforeEach(async () => {
  home = join(await tempFolder(), 'home')
})

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0

describe('help', () => {
  it.each(names)('tells of %s its arguments and options, in 80 columns, without doing anything', async (name) => {
    const verb = verbs.find((each) => each.name === name)
    const asked = await mailtide(home, `help ${name}`)
    expect(asked).toEqual(await mailtide(home, `${name} --help`))
    expect(asked).toMatchObject({ code: 0, err: '' })
    for (const { long } of verb?.options ?? []) expect(asked.out).toContain(long)
    for (const argument of verb?.args ?? []) expect(asked.out).toContain(argument.name)
    expect(asked.out.replaceAll(/\s+/g, ' ')).toContain(verb?.summary)
    for (const line of asked.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('lists each command once, and the same ones as JSON', async () => {
    const { out } = await mailtide(home, 'help --json')
    expect(JSON.parse(out)).toEqual({ commands: verbs.map(({ name, summary }) => ({ name, summary })) })
    expect(new Set(names).size).toBe(names.length)
    expect(JSON.parse((await mailtide(home, 'help logs --json')).out).commands).toMatchObject([{ name: 'logs' }])
    expect(JSON.parse((await mailtide(home, 'help config --json')).out).commands).toHaveLength(4)
  })

  it.each([
    ['help statsu', 'Did you mean status?'],
    ['help accounts lits', 'Did you mean list?'],
    ['help qqqqqqqq', 'See: mailtide help'],
    ['statsu', 'Did you mean status?'],
    ['accounts lits', 'Did you mean list?'],
    ['stop --froce', 'Did you mean --force?'],
    ['config set intervalMinuts 5', 'Did you mean intervalMinutes?'],
    ['config get batch_siz', 'Did you mean batchSize?'],
  ])('names what %j most likely meant, with exit code 2', async (line, suggestion) => {
    const { code, out, err } = await mailtide(home, line)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(suggestion)
    expect(err).toMatch(/^mailtide: /)
    const asJson = await mailtide(home, `${line} --json`)
    expect(asJson).toMatchObject({ code: 2, err: '' })
    expect(JSON.parse(asJson.out)).toMatchObject({
      status: 400,
      code: 'bad_input',
      remedy: expect.stringContaining(suggestion),
    })
  })
})

/** Asks a shell what it would offer after these words. */
const offers = {
  bash: (line: string, cwd = root): readonly string[] => {
    const words = line.split(' ')
    const script = `${bashCompletion()}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _mailtide
printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['--norc', '-c', script], { cwd, encoding: 'utf8' }).split('\n').filter(Boolean)
  },
  fish: (line: string): readonly string[] => {
    const script = `${fishCompletion()}\ncomplete -C '${line}'`
    const out = execFileSync('fish', ['--no-config', '-c', script], {
      encoding: 'utf8',
      env: { ...process.env, HOME: root },
    })
    return out
      .split('\n')
      .filter(Boolean)
      .map((each) => each.split('\t')[0] ?? '')
  },
}

describe('completion', () => {
  it.each([
    ['mailtide sta', ['start', 'status']],
    ['mailtide accounts p', ['pause']],
    ['mailtide logs --le', ['--level']],
    ['mailtide logs --level w', ['warning']],
    ['mailtide config set batch', ['batchSize']],
    ['mailtide completion z', ['zsh']],
    ['mailtide run --log-format j', ['json']],
    ['mailtide help accou', ['accounts']],
    ['mailtide guide acc', ['access_denied']],
    ['mailtide logs -n ', []],
  ] as const)('in bash after %j', (line, expected) => {
    expect(offers.bash(line)).toEqual(expected)
  })

  it('in bash offers files with spaces in their names whole', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'my token.json'), '')
    expect(offers.bash('mailtide accounts import-token my', folder)).toEqual(['my token.json'])
  })

  it('in bash offers everything there is, and takes --option=value apart', () => {
    expect(offers.bash('mailtide ')).toEqual([
      ...new Set(names.map((name) => name.split(' ')[0])),
      '--json',
      '--help',
      '-h',
      '--version',
    ])
    expect(offers.bash('mailtide logs --level = e')).toEqual(['error'])
  })

  it.skipIf(!has('fish'))('in fish (skipped where there is no fish)', () => {
    expect(offers.fish('mailtide sta').toSorted()).toEqual(['start', 'status'])
    expect(offers.fish('mailtide accounts pa')).toEqual(['pause'])
    expect(offers.fish('mailtide logs --level wa')).toEqual(['warning'])
    expect(offers.fish('mailtide config set batch')).toEqual(['batchSize'])
  })

  it.skipIf(!has('zsh'))('is a script that zsh understands (skipped where there is no zsh)', async () => {
    const file = join(await tempFolder(), '_mailtide')
    await writeFile(file, zshCompletion())
    expect(spawnSync('zsh', ['-f', '-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
    // The functions that zsh's own completion would provide say what they were given.
    const script = `compdef() {}; _files() { print files }; compadd() { shift; print -l -- "$@" }
_describe() { print -l -- "\${(@P)2}" }; source ${file}
compset() {}; ask() { words=("$@"); CURRENT=$#; PREFIX="$words[-1]"; _mailtide }
ask mailtide ''; echo END; ask mailtide config set ''; echo END; ask mailtide logs --level ''; echo END
ask mailtide logs --level=w`
    const [top = '', config = '', level = '', joined = ''] = execFileSync('zsh', ['-f', '-c', script], {
      encoding: 'utf8',
    }).split('END\n')
    expect(top).toContain('logs-follow:Show log lines as they come')
    expect(config.split('\n')).toEqual(expect.arrayContaining([...settingNames]))
    for (const offered of [level, joined]) {
      expect(offered.trim().split('\n')).toEqual(['debug', 'info', 'warning', 'error'])
    }
  })

  it.each(['bash', 'zsh', 'fish'])('for %s is printed by the command', async (shell) => {
    const { code, out, err } = await mailtide(home, `completion ${shell}`)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(new RegExp(`^#.*${shell === 'zsh' ? 'compdef mailtide' : shell}`))
  })
})

describe('the manual page', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

  it('is the one that the table makes: run node build/manual.ts after changing a command', () => {
    expect(readFileSync(join(root, 'docs/mailtide.1'), 'utf8')).toBe(manualPage(version))
  })

  it('tells of every command and setting', () => {
    const page = manualPage(version).replaceAll('\\-', '-')
    for (const { name } of verbs) expect(page).toContain(`.SS mailtide ${name}`)
    for (const option of ['--interval-minutes', '--port', '--since', '--force', '--json'])
      expect(page).toContain(option)
  })

  it.skipIf(!has('groff'))('is without a fault for groff (skipped where there is no groff)', () => {
    const { status, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-rCHECKSTYLE=3', 'docs/mailtide.1'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})
