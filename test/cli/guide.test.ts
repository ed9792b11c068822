import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { displayWidth } from '../../electron/cli/width.ts'
import { AppError, toProblem } from '../../shared/errors.ts'
import { googleGuide, guideTopics, unmarked } from '../../shared/google-guide.ts'
import { adaSignIn } from '../api/fake-service.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { mailtide } from './mailtide.ts'
import { startHost } from './running-service.ts'

let home: string
beforeEach(async () => {
  home = join(await tempFolder(), 'home')
})

/** Text as it reads, without the line breaks of the terminal. */
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')

describe('mailtide guide', () => {
  it('shows every step with its link, its values and the commands, without a service', async () => {
    const { code, out, err } = await mailtide(home, 'guide')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const step of googleGuide.tracks[0]?.steps ?? []) {
      expect(flat(out)).toContain(step.title)
      for (const action of step.actions) expect(flat(out)).toContain(unmarked(action))
      if (step.link !== undefined) expect(out).toContain(`\n   ${step.link}\n`)
      for (const { value } of step.copy ?? []) expect(out).toContain(`\n   ${value}\n`)
      for (const command of step.commands ?? []) expect(out).toContain(`\n   ${command}\n`)
    }
    expect(out).toContain('mailtide guide workspace')
    expect(out).toContain('mailtide guide errors')
  })

  it('shows one step, and says which is next', async () => {
    const { out } = await mailtide(home, 'guide 5')
    expect(out).toMatch(/^5\. Publish the app\n/)
    expect(out).toMatch(/\nNext: Create the OAuth client and download it \(mailtide guide client\)\n$/)
    expect((await mailtide(home, 'guide publish')).out).toBe(out)
    expect((await mailtide(home, 'guide sign-in')).out).toMatch(/That was the last step\.\n$/)
  })

  it('says of an error what it means, what to do, and where', async () => {
    const { out } = await mailtide(home, 'guide Error 403: access_denied')
    expect(out).toMatch(/^Error 403: access_denied\n/)
    expect(out.match(/What to do: /g)).toHaveLength(3)
    expect(out).toContain('   Where: mailtide guide publish\n')
    expect((await mailtide(home, 'guide access_denied')).out).toBe(out)
    const list = (await mailtide(home, 'guide errors')).out
    for (const { id } of googleGuide.errors) expect(list).toContain(`  ${id} `)
  })

  it.each(['', 'workspace', 'errors', ...guideTopics])('fits a terminal of 80 columns: %s', async (topic) => {
    const { out } = await mailtide(home, `guide ${topic}`)
    for (const line of out.split('\n')) {
      // What must be copied whole stays whole.
      if (!/https:|mailtide accounts/.test(line)) expect(displayWidth(line), line).toBeLessThanOrEqual(80)
    }
    expect(out).not.toMatch(/\*\*|`|undefined/)
  })

  it('gives the same as JSON', async () => {
    expect(JSON.parse((await mailtide(home, 'guide --json')).out)).toEqual(googleGuide)
    expect(JSON.parse((await mailtide(home, 'guide 4 --json')).out)).toMatchObject({
      kind: 'step',
      number: 4,
      step: { id: 'scope', copy: [{ value: 'https://www.googleapis.com/auth/gmail.readonly' }] },
      next: { id: 'publish' },
    })
    expect(JSON.parse((await mailtide(home, 'guide quota --json')).out)).toMatchObject({ error: { id: 'quota' } })
    expect(JSON.parse((await mailtide(home, 'guide errors --json')).out).errors).toEqual(googleGuide.errors)
  })

  it('names what was most likely meant', async () => {
    const { code, err } = await mailtide(home, 'guide acess_denid')
    expect(code).toBe(2)
    expect(err).toContain('Did you mean access_denied?')
    expect(await mailtide(home, 'guide 12')).toMatchObject({ code: 2 })
  })
})

describe('an error that the guide knows', () => {
  const refused = new AppError('needs_reauth', 'The client was deleted', {
    remedy: 'Make one',
    guide: 'deleted_client',
  })

  it('ends with the way there, and as JSON names it', async () => {
    const host = await startHost()
    Object.assign(host.service, {
      signIn: () => ({ ...adaSignIn, state: 'failed', problem: toProblem(refused) }),
    })
    const { code, err } = await mailtide(host.paths.home, 'accounts add --no-browser')
    expect(code).toBe(1)
    expect(err).toMatch(
      /\nmailtide: The client was deleted\nWhat to do: Make one\nMore: mailtide guide deleted_client\n$/,
    )
    const json = await mailtide(host.paths.home, 'accounts add --no-browser --json')
    expect(JSON.parse(json.out)).toMatchObject({ code: 'needs_reauth', guide: 'deleted_client' })
  })

  it('and one that only a newer service knows, ends without', async () => {
    const host = await startHost()
    Object.assign(host.service, {
      signIn: () => ({ ...adaSignIn, state: 'failed', problem: { ...toProblem(refused), guide: 'from_the_future' } }),
    })
    const { err } = await mailtide(host.paths.home, 'accounts add --no-browser')
    expect(err).toMatch(/What to do: Make one\n$/)
  })
})
