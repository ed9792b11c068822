import { createHmac, randomBytes } from 'node:crypto'
import { sameToken } from './same-token.ts'

/*
 * Whoever listens on our port while the service is away, or where it is not, must not be given the API token. So a client of this computer asks
 * for a proof first, over a number of its own, and even then sends not the token but a key made of it for this one process: a program that gets
 * hold of that key after the process has ended can do nothing with it. All of it is HMAC-SHA-256 with the token (256 random bits) as its key.
 */

/** What a service answers to a challenge. */
export interface TokenProof {
  /** Random, another one in each process. */
  readonly session: string
  readonly proof: string
}

/** The service's end. */
export interface Prover {
  prove(challenge: string): TokenProof
  /** Whether this is the key of this process, made of the present token. Takes a time that says nothing of how much was right. */
  isSessionKey(given: string): boolean
}

/** `present` gives the token in force. */
export function createProver(present: () => string): Prover {
  const session = randomBytes(32).toString('base64url')
  return {
    prove: (challenge) => ({ session, proof: proofOf(present(), session, challenge) }),
    isSessionKey: (given) => sameToken(given, sessionKey(present(), session)),
  }
}

/** A number that nobody has seen before, for the service to prove itself with. */
export const newChallenge = (): string => randomBytes(32).toString('base64url')

/** What is sent in place of the token to a service that answered so; null when it does not know the token. */
export function keyAfterProof(token: string, challenge: string, { session, proof }: TokenProof): string | null {
  return sameToken(proof, proofOf(token, session, challenge)) ? sessionKey(token, session) : null
}

/** The first word keeps the two uses apart: no answer to a challenge is ever a key. */
const proofOf = (token: string, session: string, challenge: string): string =>
  mac(token, `mailtide-service ${session} ${challenge}`)
const sessionKey = (token: string, session: string): string => mac(token, `mailtide-session ${session}`)
const mac = (token: string, text: string): string => createHmac('sha256', token).update(text).digest('base64url')
