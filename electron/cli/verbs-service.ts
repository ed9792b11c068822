import { logLevels } from '../../shared/log-entry.ts'
import { settingFlags, settingOptions } from './setting-options.ts'
import { parseSince, sinceWords } from './since.ts'
import { type Given, numberOption, type OptionDefinition, textOption, type VerbDefinition } from './verb.ts'

const wholeNumber =
  (min: number, max: number) =>
  (text: string): string | null =>
    /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max
      ? null
      : `It must be a whole number from ${min} to ${max}.`

const notRunning = [3, 'Mailtide is not running.'] as const
const startTimeout: OptionDefinition = {
  long: '--timeout',
  value: 'seconds',
  summary: 'How long to wait for it to answer. [120]',
  refuse: wholeNumber(1, 86_400),
}
const force: OptionDefinition = {
  long: '--force',
  summary: 'Kill it if it does not stop in time. Nothing that was stored is lost.',
}
const level: OptionDefinition = {
  long: '--level',
  value: 'level',
  choices: logLevels,
  summary: 'Only entries of this level or above. [debug]',
}
const lines = (usual: string): OptionDefinition => ({
  long: '--lines',
  short: '-n',
  value: 'number',
  summary: `How many entries to show. [${usual}]`,
  refuse: wholeNumber(0, 5_000),
})

const levelOf = (given: Given) => logLevels.find((each) => each === textOption(given, 'level')) ?? 'debug'
const startOptions = (given: Given) => ({
  flags: settingFlags(given),
  patience: numberOption(given, 'timeout') ?? 120,
})
const STOP_PATIENCE = 15

/** Commands on the service itself. */
export const serviceVerbs: readonly VerbDefinition[] = [
  {
    name: 'start',
    group: 'Service',
    summary: 'Start the service in the background, and wait until it answers.',
    notes: [
      'The service keeps running after the terminal is closed. If it ends before it answers, the cause and its last log lines are shown. What the system itself reports, such as a crash, is in logs/console.log in the data folder.',
      'Every setting can be given as an option for this run only; use mailtide config for permanent changes.',
    ],
    options: [startTimeout, ...settingOptions],
    exits: [[1, 'It is already running, or could not be started.']],
    run: async (context, given) => {
      const { start } = await import('./commands/start.ts')
      await start(context, startOptions(given))
      return undefined
    },
  },
  {
    name: 'stop',
    group: 'Service',
    summary: 'Stop the service, and wait until it has stopped.',
    notes: ['The current chunk of mail is finished or rolled back first, so nothing is lost.'],
    options: [
      {
        long: '--timeout',
        value: 'seconds',
        summary: `How long to wait for it to stop. [${STOP_PATIENCE}]`,
        refuse: wholeNumber(1, 86_400),
      },
      force,
    ],
    exits: [[1, 'It did not stop in time.'], notRunning],
    run: async (context, given) => {
      const { stop } = await import('./commands/stop.ts')
      await stop(context, {
        patience: numberOption(given, 'timeout') ?? STOP_PATIENCE,
        force: given.options['force'] === true,
      })
      return undefined
    },
  },
  {
    name: 'restart',
    group: 'Service',
    summary: 'Stop the service if it is running, and start it.',
    notes: [
      'Options and environment variables of the old run are not carried over: give them again. If the new run would refuse a setting, the old one is not stopped.',
    ],
    options: [startTimeout, force, ...settingOptions],
    run: async (context, given) => {
      const { restart } = await import('./commands/restart.ts')
      await restart(context, {
        start: startOptions(given),
        stop: { patience: STOP_PATIENCE, force: given.options['force'] === true },
      })
      return undefined
    },
  },
  {
    name: 'status',
    group: 'Service',
    summary: 'Show what the service is doing, and its last log lines.',
    options: [{ long: '--watch', short: '-w', summary: 'Keep it up to date on screen, until Ctrl-C.' }],
    exits: [
      [0, 'The service answers, whatever its state.'],
      notRunning,
      [4, 'The state cannot be determined, for example because you may not read the data folder.'],
    ],
    run: async (context, given) => {
      if (given.options['watch'] === true) {
        const { statusWatch } = await import('./commands/status-watch.ts')
        await statusWatch(context)
        return undefined
      }
      const { status } = await import('./commands/status.ts')
      return status(context)
    },
  },
  {
    name: 'open',
    group: 'Service',
    summary: 'Open the window in a browser.',
    notes: [
      'The link works once, expires after ten minutes, and hands the API token to the browser, which keeps it until the tab is closed.',
      'On a server or over SSH, the link is printed. To use it from another computer, open a tunnel first: ssh -L 8000:127.0.0.1:8000 HOST.',
    ],
    options: [{ long: '--no-browser', summary: 'Do not open a browser; print the link.' }],
    exits: [notRunning],
    run: async (context, given) => {
      const { open } = await import('./commands/open.ts')
      await open(context, { opensBrowser: given.options['no-browser'] !== true })
      return undefined
    },
  },
  {
    name: 'logs',
    group: 'Service',
    summary: 'Show the last log lines.',
    notes: ['Without a running service they are read from the log file, and the exit code is 3.'],
    options: [
      lines('200; with --since the last 5000'),
      level,
      {
        long: '--since',
        value: 'time',
        summary: `Only entries since this time: ${sinceWords}.`,
        refuse: (text) => (parseSince(text, new Date()) === null ? `It must be ${sinceWords}.` : null),
      },
    ],
    exits: [notRunning],
    run: async (context, given) => {
      const { logs } = await import('./commands/logs.ts')
      const since = textOption(given, 'since')
      return logs(context, {
        lines: numberOption(given, 'lines'),
        level: levelOf(given),
        since: since === undefined ? null : parseSince(since, context.now()),
      })
    },
  },
  {
    name: 'logs-follow',
    group: 'Service',
    summary: 'Show log lines as they come, until Ctrl-C.',
    notes: ['If the service stops, this waits until it runs again and continues. With --json, each line is an object.'],
    options: [lines('10'), level],
    exits: [notRunning],
    run: async (context, given) => {
      const { logsFollow } = await import('./commands/logs-follow.ts')
      await logsFollow(context, { lines: numberOption(given, 'lines') ?? 10, level: levelOf(given) })
      return undefined
    },
  },
  {
    name: 'run',
    group: 'Service',
    summary: 'Run the service in the foreground, for systemd and containers.',
    notes: ['Log lines also go to standard output, as objects with --json. SIGINT or SIGTERM stops it cleanly.'],
    options: settingOptions,
    run: (context, given) => {
      const format = context.json ? ({ logFormat: 'json' } as const) : {}
      return context.offline.run({ env: context.env, flags: { ...format, ...settingFlags(given) } })
    },
  },
]
