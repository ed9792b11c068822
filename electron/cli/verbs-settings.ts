import { settingNames } from '../../shared/settings.ts'
import type { ArgumentDefinition, VerbDefinition } from './verb.ts'

const nameArgument: ArgumentDefinition = {
  name: 'name',
  summary: 'The setting, written as intervalMinutes, interval_minutes or interval-minutes.',
  required: true,
  suggestions: settingNames,
}

/** Commands on settings. All work without a service too. */
export const settingVerbs: readonly VerbDefinition[] = [
  {
    name: 'interval',
    group: 'Settings',
    summary: 'Show or change how often a sync cycle starts.',
    notes: ['Takes effect at once in a running service.'],
    args: [{ name: 'minutes', summary: 'From 1 to 1440.', required: false }],
    run: async (context, given) => {
      const { interval } = await import('./commands/interval.ts')
      await interval(context, given.args[0])
      return undefined
    },
  },
  {
    name: 'config list',
    group: 'Settings',
    summary: 'List every setting with its value and where it comes from.',
    run: async (context) => {
      const { configList } = await import('./commands/config.ts')
      await configList(context)
      return undefined
    },
  },
  {
    name: 'config get',
    group: 'Settings',
    summary: 'Show a setting: all details on a terminal, only the value in a pipe.',
    args: [nameArgument],
    run: async (context, given) => {
      const { configGet } = await import('./commands/config.ts')
      await configGet(context, given.args[0] ?? '')
      return undefined
    },
  },
  {
    name: 'config set',
    group: 'Settings',
    summary: 'Change a setting permanently.',
    notes: [
      'A running service is told, and says when the change takes effect. A setting fixed by a flag or the environment cannot be changed.',
    ],
    args: [nameArgument, { name: 'value', summary: 'The new value.', required: true }],
    run: async (context, given) => {
      const { configSet } = await import('./commands/config.ts')
      await configSet(context, given.args[0] ?? '', given.args[1] ?? '')
      return undefined
    },
  },
  {
    name: 'config unset',
    group: 'Settings',
    summary: 'Reset a setting to its default.',
    args: [nameArgument],
    run: async (context, given) => {
      const { configUnset } = await import('./commands/config.ts')
      await configUnset(context, given.args[0] ?? '')
      return undefined
    },
  },
]
