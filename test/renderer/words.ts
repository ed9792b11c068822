import { createFormats } from '../../renderer/format.ts'
import { createWords } from '../../renderer/words/words.ts'

/** The window's words as somebody in Britain reads them, at universal time. */
export const formats = createFormats({ locale: 'en-GB', timeZone: 'UTC' })
export const words = createWords(formats)
export const now = new Date('2026-11-25T14:26:08.000Z')
