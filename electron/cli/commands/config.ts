import { allowedValues, type SettingName, settingNames, settingsTable } from '../../../shared/settings.ts'
import type { CommandContext } from '../command.ts'
import { wrap } from '../lines.ts'
import {
  changeSetting,
  namedSetting,
  type PresentSettings,
  presentSettings,
  settingValue,
  variableOver,
} from '../settings-room.ts'

/** `mailtide config list`: every setting with its value and where that comes from. */
export async function configList(context: CommandContext): Promise<void> {
  const present = await presentSettings(context)
  const names = Math.max(...settingNames.map((name) => name.length))
  const values = Math.max(...settingNames.map((name) => String(present.values[name]).length))
  const lines = settingNames.map((name) => {
    const value = String(present.values[name])
    const shown = value.padEnd(values)
    const isDefault = present.sources[name] === 'default'
    return `${name.padEnd(names)}  ${isDefault ? shown : context.paint.strong(shown)}  ${present.sources[name]}\n`
  })
  const settings = settingNames.map((name) => describe(name, present))
  context.print(lines.join(''), { live: present.live, settings })
}

/** `mailtide config get NAME`: one setting and all there is to know of it; the value alone in a pipe. */
export async function configGet(context: CommandContext, text: string): Promise<void> {
  const name = namedSetting(text)
  const present = await presentSettings(context)
  const facts = describe(name, present)
  const more = [
    ...wrap(`${facts.effect}`, '  '),
    ...wrap(`From: ${facts.source}. Default: ${facts.default}. Allowed: ${facts.allowed}.`, '  '),
    ...wrap(`Changes take effect: ${facts.takes_effect}.`, '  '),
  ]
  const whole = `${context.paint.strong(`${name} = ${facts.value}`)}\n${more.join('\n')}\n`
  context.print(context.isTerminal ? whole : `${facts.value}\n`, { live: present.live, ...facts })
}

/** `mailtide config set NAME VALUE`: in the running service, or for the next one. */
export async function configSet(context: CommandContext, text: string, valueText: string): Promise<void> {
  const name = namedSetting(text)
  await change(context, name, settingValue(name, valueText))
}

/** `mailtide config unset NAME`: back to the default. */
export async function configUnset(context: CommandContext, text: string): Promise<void> {
  await change(context, namedSetting(text), null)
}

async function change(
  context: CommandContext,
  name: SettingName,
  value: Parameters<typeof changeSetting>[2],
): Promise<void> {
  const takesEffect = await changeSetting(context, name, value)
  const now = value ?? settingsTable[name].default
  const variable = takesEffect === 'next start' ? variableOver(context, name) : null
  const what = value === null ? `${name} is back to its default, ${now}` : `${name} is now ${now}`
  context.print(`${what}. ${effectWords[takesEffect]}\n`, {
    name,
    value: now,
    takes_effect: takesEffect,
    overridden_by: variable,
  })
  if (variable !== null) context.note(`${variable} is set in this environment, where it overrides the settings file`)
}

const effectWords = {
  'at once': 'It takes effect at once.',
  'next cycle': 'It takes effect at the next cycle.',
  restart: 'It takes effect after: mailtide restart',
  'next start': 'It takes effect when Mailtide starts.',
} as const

function describe(name: SettingName, { values, sources }: PresentSettings) {
  const setting = settingsTable[name]
  return {
    name,
    value: values[name],
    source: sources[name],
    default: setting.default,
    allowed: allowedValues(setting),
    effect: setting.effect,
    takes_effect: setting.takesEffect,
  }
}
