import { createFormats, type Formats } from '../format.ts'
import { accountWords } from './account.ts'
import { commandsInWindow } from './commands.ts'
import { completenessWords } from './completeness.ts'
import { frameWords } from './frame.ts'
import { logWords } from './logs.ts'
import { metricWords } from './metrics.ts'
import { remedyWords } from './remedies.ts'
import { serviceWords } from './service.ts'
import { settingNamesShown, settingsWords } from './settings.ts'
import { unbroken } from './text.ts'
import { timeWords } from './times.ts'
import { welcomeWords } from './welcome.ts'

const inWindow = commandsInWindow(settingNamesShown)

export type TimeWords = ReturnType<typeof timeWords>

/**
 * Everything the window says, in one place. A translation is another function of this shape; whatever is counted, formatted or has a place
 * for something else is a function, so that each language can order its sentence as it likes.
 */
export function createWords(format: Formats) {
  const times = timeWords(format)
  return {
    times,
    /** What the service says, in the window's own terms, and with no number parted from its unit. */
    told: (text: string) => unbroken(inWindow(text)),
    frame: frameWords(format),
    service: serviceWords(format, times),
    account: accountWords(format, times),
    completeness: completenessWords(format, times),
    remedies: remedyWords(),
    logs: logWords(format, times),
    metrics: metricWords(format, times),
    welcome: welcomeWords(format, times),
    settings: settingsWords(format, times),
  }
}

export type Words = ReturnType<typeof createWords>

/** The words of this window, with numbers and times as the person's system writes them. */
export const words: Words = createWords(createFormats())
