import { z } from 'zod'

/** How the desktop app stands to newer versions of itself. */
export const UpdateState = z.discriminatedUnion('kind', [
  /** The person wants none of it. */
  z.object({ kind: z.literal('off') }),
  /** This installation cannot update itself, for the reason given in words. */
  z.object({ kind: z.literal('impossible'), reason: z.string() }),
  /** No newer version was known when it last looked; null before it has. */
  z.object({ kind: z.literal('current'), checked_at: z.iso.datetime().nullable() }),
  z.object({ kind: z.literal('checking') }),
  z.object({ kind: z.literal('downloading'), version: z.string(), percent: z.number().min(0).max(100) }),
  /** Downloaded: installed when the app quits. */
  z.object({ kind: z.literal('ready'), version: z.string() }),
  /** There is one, for the person to install. */
  z.object({ kind: z.literal('available'), version: z.string() }),
  /** It did not work out, and is tried again by itself. */
  z.object({ kind: z.literal('failed'), reason: z.string() }),
])
export type UpdateState = z.infer<typeof UpdateState>

/** What a person can do about it: look now, restart, or fetch it. */
export const updateActions = ['check', 'restart', 'download'] as const
export type UpdateAction = (typeof updateActions)[number]

/** The state in words, for menu and window alike. */
export function describeUpdate(state: UpdateState): { readonly text: string; readonly action: UpdateAction | null } {
  switch (state.kind) {
    case 'off':
      return { text: 'Updates are switched off', action: null }
    case 'impossible':
      return { text: state.reason, action: null }
    case 'current':
      return {
        text: state.checked_at === null ? 'Not checked for a newer version yet' : 'Mailtide is up to date',
        action: 'check',
      }
    case 'checking':
      return { text: 'Looking for a newer version', action: null }
    case 'downloading':
      return { text: `Downloading Mailtide ${state.version}: ${Math.floor(state.percent)} %`, action: null }
    case 'ready':
      return { text: `Mailtide ${state.version} is ready; it is installed when you quit`, action: 'restart' }
    case 'available':
      return { text: `Mailtide ${state.version} is available for you to install`, action: 'download' }
    case 'failed':
      return { text: `${state.reason}. Mailtide tries again within two hours`, action: 'check' }
  }
}
