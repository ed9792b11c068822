import type { MenuItemConstructorOptions } from 'electron'
import type { ServiceState } from '../../../shared/status.ts'
import { accountStates, found, type Telling, telling, timeNear } from './telling.ts'

const services: readonly (readonly [RegExp, ServiceState])[] = [
  [/^Stopped/, 'stopped'],
  [/^Stopping/, 'stopping'],
  [/^Failed/, 'failed'],
  [/^(Syncing|Copying)/, 'syncing'],
  [/./, 'idle'],
]

/** What the icon's tooltip says, in UTC. */
export function tellingOfTooltip(tip: string, now: Date): Telling {
  const [line = '', next] = tip.replace(/^Mailtide: /, '').split(' · ')
  const service = services.find(([words]) => words.test(line))?.[1]
  const copied = /^Copying (\S+), (\d+) %/.exec(line)
  return telling([
    ['service', service],
    ['at rest', service === 'idle' ? line : null],
    ['next cycle time', next === undefined ? null : timeNear(next.replace('Next sync at ', ''), now)],
    ...(copied === null ? [] : ([[`${copied[1]} percent`, Number(copied[2])]] as const)),
  ])
}

/** What the icon's menu says. */
export function tellingOfMenu(items: readonly MenuItemConstructorOptions[], now: Date): Telling {
  const labels = items.map(({ label }) => label ?? '')
  const status = labels[0] ?? ''
  const service = services.find(([words]) => words.test(status))?.[1]
  const next = labels.find((label) => label.startsWith('Next sync at '))
  return telling([
    ['service', service],
    ['at rest', service === 'idle' ? status : null],
    ['interval', found(labels.join('\n'), /^Interval: (\d+) minutes?$/m)],
    ['next cycle time', next === undefined ? null : timeNear(next.replace('Next sync at ', ''), now)],
    ...labels.flatMap((label) => {
      const at = label.indexOf(': ')
      const email = label.slice(0, at)
      if (!email.includes('@')) return []
      const text = label.slice(at + 2)
      const until = /(?:until|next try) (\d\d:\d\d)$/.exec(text)?.[1]
      return [
        [`${email} state`, accountStates.find(([words]) => words.test(text))?.[1]],
        [`${email} percent`, found(text, /Copying the mailbox, (\d+) %/)],
        [`${email} until time`, until === undefined ? null : timeNear(until, now)],
      ] as const
    }),
  ])
}
