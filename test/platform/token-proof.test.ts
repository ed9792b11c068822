import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openApiToken } from '../../electron/platform/api-token.ts'
import { sameToken } from '../../electron/platform/same-token.ts'
import { createProver, keyAfterProof, newChallenge } from '../../electron/platform/token-proof.ts'
import { tempFolder } from './temp-home.ts'

const token = 'a'.repeat(43)

describe('a service that knows the token', () => {
  it('proves it, and takes the key that follows from the proof in place of the token', () => {
    const service = createProver(() => token)
    const challenge = newChallenge()
    const answer = service.prove(challenge)
    const key = keyAfterProof(token, challenge, answer)
    expect(key).toMatch(/^[\w-]{43}$/)
    expect(service.isSessionKey(key ?? '')).toBe(true)
    expect(JSON.stringify([answer, key])).not.toContain(token)
  })

  it('takes no answer of its own as a key, nor the key of another process or of a token that was replaced', () => {
    let present = token
    const service = createProver(() => present)
    const challenge = newChallenge()
    const answer = service.prove(challenge)
    const key = keyAfterProof(token, challenge, answer) ?? ''
    for (const wrong of ['', token, answer.proof, answer.session]) expect(service.isSessionKey(wrong)).toBe(false)
    expect(createProver(() => token).isSessionKey(key)).toBe(false)
    present = 'b'.repeat(43)
    expect(service.isSessionKey(key)).toBe(false)
  })
})

describe('a program that does not know the token', () => {
  it('gets no key for an answer that it heard before, made of another token, or made up', () => {
    const service = createProver(() => token)
    const heard = service.prove(newChallenge())
    const challenge = newChallenge()
    expect(keyAfterProof(token, challenge, heard)).toBeNull()
    expect(keyAfterProof(token, challenge, createProver(() => 'b'.repeat(43)).prove(challenge))).toBeNull()
    const right = service.prove(challenge)
    expect(keyAfterProof(token, challenge, { ...right, session: newChallenge() })).toBeNull()
    fc.assert(
      fc.property(fc.string(), fc.string(), (session, proof) => {
        expect(keyAfterProof(token, challenge, { session, proof })).toBeNull()
      }),
      { numRuns: 200 },
    )
  })
})

it('the token of a data folder and the key of this process are both taken, until the token is renewed', async () => {
  const opened = await openApiToken(`${await tempFolder()}/api-token`, () => undefined)
  const before = opened.present()
  const challenge = newChallenge()
  const key = keyAfterProof(before, challenge, opened.prove(challenge)) ?? ''
  expect([opened.matches(before), opened.matches(key)]).toEqual([true, true])
  await opened.renew()
  expect([opened.matches(before), opened.matches(key)]).toEqual([false, false])
})

it('tokens are compared whole', () => {
  expect(sameToken('abc', 'abc')).toBe(true)
  for (const wrong of ['', 'ab', 'abcd', 'abd', 'ABC']) expect(sameToken(wrong, 'abc')).toBe(false)
})
