import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verbs } from '../../electron/cli/verbs.ts'
import { beginAuthorization } from '../../electron/gmail/oauth.ts'
import { consentError } from '../../electron/gmail/oauth-errors.ts'
import { tariffs } from '../../electron/gmail/quota-tables.ts'
import { findGuidePlace, googleGuide, guideTopics, unmarked } from '../../shared/google-guide.ts'
import { guideMarkdown } from '../../shared/google-guide-markdown.ts'

const steps = googleGuide.tracks.flatMap((track) => track.steps)
const texts: readonly string[] = [
  ...googleGuide.intro,
  ...googleGuide.tracks.flatMap(({ title, intro }) => [title, intro]),
  ...steps.flatMap(({ title, why, result, actions }) => [title, why, result, ...actions]),
  ...googleGuide.errors.flatMap(({ shown, cases }) => [
    shown,
    ...cases.flatMap((each) => [
      each.means,
      each.remedy,
      ...('when' in each && each.when !== undefined ? [each.when] : []),
    ]),
  ]),
]

/** What a place of the guide is known by. */
function nameOf(text: string): string | null {
  const place = findGuidePlace(text)
  if (place?.kind === 'step') return place.step.id
  if (place?.kind === 'error') return place.error.id
  if (place?.kind === 'track') return place.track.id
  return place?.kind ?? null
}

describe('the guide is opened', () => {
  it.each(guideTopics)('at %s, however it is written', (topic) => {
    for (const text of [topic, topic.toUpperCase(), topic.replaceAll(/[_-]/g, ' '), ` ${topic}. `]) {
      expect(nameOf(text), text).toBe(topic)
    }
  })

  it.each([
    ['1', 'project'],
    ['8', 'sign-in'],
    ['0', null],
    ['9', null],
    ['Error 403: access_denied', 'access_denied'],
    ['Access blocked: Authorization Error. Error 400: redirect_uri_mismatch', 'redirect_uri_mismatch'],
    ['accessNotConfigured', 'api_disabled'],
    ['Error 400: access_not_configured', 'admin_policy_enforced'],
    ['invalid_rapt', 'session_control'],
    ['userRateLimitExceeded', 'quota'],
    ['workspace', 'workspace'],
    ['errors', 'errors'],
    ['constructor', null],
    ['', null],
    ['…', null],
  ])('at %j at %s', (text, expected) => {
    expect(nameOf(text)).toBe(expected)
  })

  it('by whatever else somebody pastes, without a fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const name = nameOf(text)
        expect(name === null || text.toLowerCase().length > 0).toBe(true)
      }),
    )
  })

  it('by a code in any sentence around it', () => {
    const words = fc.array(fc.constantFrom('Error', '403:', '“', 'Zugriff', 'blocked', '!', '\n'), { maxLength: 5 })
    fc.assert(
      fc.property(words, fc.constantFrom(...googleGuide.errors.map(({ id }) => id)), words, (before, id, after) => {
        expect(nameOf([...before, id, ...after].join(' '))).toBe(id)
      }),
    )
  })

  it('under names that are never two things at once', () => {
    const names = [
      ...guideTopics,
      ...googleGuide.errors.flatMap(({ aliases }) => aliases),
      'personal',
      'workspace',
      'errors',
    ]
    const twice = (all: readonly string[]) => all.filter((name, index) => all.indexOf(name) !== index)
    expect(twice(names)).toEqual([])
    // Google itself has two codes that differ in nothing else; each is found as it is written.
    expect(twice(names.map((name) => name.replaceAll(/[^a-z0-9]/g, '')))).toEqual(['accessnotconfigured'])
  })
})

describe('every error of Google’s pages', () => {
  it.each([
    'redirect_uri_mismatch',
    'invalid_request',
    'invalid_scope',
    'deleted_client',
    'disabled_client',
    'invalid_client',
    'access_denied',
    'org_internal',
    'admin_policy_enforced',
    'access_not_configured',
    'policy_enforced',
    'restricted_client',
    'disallowed_useragent',
    'unauthorized_client',
  ])('%s is in the guide, and where a sign-in fails by it, it leads there', (code) => {
    expect(findGuidePlace(code)).toMatchObject({ kind: 'error' })
    const { guide } = consentError(code, 'error')
    expect(guideTopics).toContain(guide)
    // A client that may not be used so is best made anew.
    expect(guide).toBe(code === 'unauthorized_client' ? 'client' : nameOf(code))
  })

  it('says which step it is about', () => {
    const ids = new Set(steps.map(({ id }) => id))
    for (const { id, cases } of googleGuide.errors) {
      for (const each of cases) expect(ids.has(each.step ?? ''), id).toBe(true)
      // Several causes must be told apart.
      if (cases.length > 1) for (const each of cases) expect('when' in each, id).toBe(true)
    }
  })
})

describe('what the guide says', () => {
  it('asks for the very right that a sign-in asks for', () => {
    const client = { client_id: 'c', client_secret: 's', project_id: null }
    const { url } = beginAuthorization({
      authUrl: 'https://accounts.google.com/',
      client,
      redirectUri: 'http://127.0.0.1/',
    })
    const scopes = steps.flatMap(({ copy }) => copy ?? []).filter(({ label }) => label === 'The scope')
    expect(scopes.length).toBe(2)
    for (const { value } of scopes) expect(value).toBe(new URL(url).searchParams.get('scope'))
  })

  it('has the figures of the quota that the engine spends by', () => {
    const { cases } = googleGuide.errors.find(({ id }) => id === 'quota') ?? { cases: [] }
    const [young, old] = cases.map(({ means }) => means)
    const perSecond = (table: 'new' | 'old') => tariffs[table].limit / 60 / tariffs[table].costs.get
    expect(young).toContain(`${tariffs.new.limit.toLocaleString('en')} units`)
    expect(young).toContain(`costs ${tariffs.new.costs.get}: ${perSecond('new')} messages a second`)
    expect(young).toContain(`${(perSecond('new') * 3_600).toLocaleString('en')} an hour`)
    expect(old).toContain(`${tariffs.old.limit.toLocaleString('en')} units at ${tariffs.old.costs.get} a message`)
    expect(old).toContain(`${perSecond('old')} messages a second`)
  })

  it('names commands and places that exist', () => {
    const commands = steps.flatMap((step) => step.commands ?? [])
    const typed = texts.flatMap((text) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ''))
    for (const text of [...commands, ...typed.filter((code) => code.startsWith('mailtide '))]) {
      expect(
        verbs.some(({ name }) => `${text} `.startsWith(`mailtide ${name} `)),
        text,
      ).toBe(true)
    }
    for (const code of typed.filter((each) => /^[a-z_-]+$/.test(each))) expect(nameOf(code), code).toBe(code)
    expect(commands.length).toBeGreaterThan(3)
  })

  it('leads to Google alone, and closes what it opens', () => {
    const hosts = [...JSON.stringify(googleGuide).matchAll(/https:\/\/([^/"]+)/g)].map(([, host]) => host)
    expect(new Set(hosts)).toEqual(
      new Set(['console.cloud.google.com', 'admin.google.com', 'myaccount.google.com', 'www.googleapis.com']),
    )
    for (const text of texts) {
      expect((text.match(/\*\*/g) ?? []).length % 2, text).toBe(0)
      expect((text.match(/`/g) ?? []).length % 2, text).toBe(0)
      expect(unmarked(text), text).not.toMatch(/\*\*|`|!|please|oops/i)
    }
  })
})

describe('docs/google-setup.md', () => {
  const document = readFileSync(join(import.meta.dirname, '../../docs/google-setup.md'), 'utf8')

  it('is the one that the guide makes: run npm run manual after changing it', () => {
    expect(document).toBe(guideMarkdown())
  })

  it('links to its own headings as GitHub names them', () => {
    const headings = [...document.matchAll(/^#+ (.*)$/gm)].map(([, text]) => (text ?? '').toLowerCase())
    const anchors = new Set(headings.map((text) => text.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')))
    expect(anchors.size).toBe(headings.length)
    const links = [...document.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor ?? '')
    expect(links.length).toBeGreaterThan(25)
    expect(links.filter((link) => !anchors.has(link))).toEqual([])
  })
})
