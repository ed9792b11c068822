import type { UserCredential } from '../ports.ts'

/** What the demo's thread is given. */
export interface DemoWorkerData {
  readonly email: string
  /** Milliseconds since 1970: the mailbox reaches back from here. */
  readonly since: number
}

/** What it says. */
export type DemoMessage =
  | {
      readonly kind: 'ready'
      readonly rootUrl: string
      readonly oauthUrl: string
      readonly credential: UserCredential
    }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'changed' }
