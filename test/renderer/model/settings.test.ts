import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFormats } from '../../../renderer/format.ts'
import { isHeld, sectionNames, settingOf, settingsOf, typedValue } from '../../../renderer/model/settings.ts'
import { createWords } from '../../../renderer/words/words.ts'
import { settingNames } from '../../../shared/settings.ts'
import { words } from '../words.ts'

const say = words.settings

describe('the page Settings', () => {
  it('has every setting, once', () => {
    const shown = sectionNames.flatMap((section) => settingsOf[section])
    expect([...shown].sort()).toEqual([...settingNames].sort())
  })

  it('names every setting and every choice in its own words', () => {
    expect(new Set(settingNames.map(say.name)).size).toBe(settingNames.length)
    for (const name of settingNames) {
      const setting = settingOf(name)
      if (setting.type !== 'choice') continue
      for (const choice of setting.choices) expect([choice, say.choice(choice)]).not.toEqual([choice, choice])
    }
  })

  it('reads numbers as people write them in their own language', () => {
    const port = settingOf('maxInFlightBytes')
    for (const locale of ['en-GB', 'de-DE', 'fr-FR', 'de-CH', 'sv-SE']) {
      const format = createFormats({ locale })
      fc.assert(
        fc.property(fc.integer({ min: 1_000_000, max: 2_000_000_000 }), (value) => {
          expect(typedValue(port, format.number(value))).toBe(value)
        }),
        { numRuns: 50 },
      )
    }
  })

  it('reads sizes back as it shows them, in every language', () => {
    const limit = settingOf('minFreeBytes')
    for (const locale of ['en-GB', 'de-DE', 'fr-FR', 'de-CH', 'sv-SE']) {
      const format = createFormats({ locale })
      const { settings } = createWords(format)
      fc.assert(
        fc.property(fc.nat(1e15), fc.constantFrom(1, 1e3, 1e6, 1e7, 1e9), (value, step) => {
          const size = value - (value % step)
          expect(typedValue(limit, settings.value(limit, size), format.decimalMark)).toBe(size)
        }),
        { numRuns: 50 },
      )
    }
  })

  it('reads a size with either mark before the fraction', () => {
    const limit = settingOf('minFreeBytes')
    expect(typedValue(limit, '2 GB')).toBe(2e9)
    expect(typedValue(limit, '1.5 GB', ',')).toBe(1.5e9)
    expect(typedValue(limit, '1,5 GB', '.')).toBe(1.5e9)
    expect(typedValue(limit, '1.500 GB', ',')).toBe(1_500e9)
    expect(typedValue(limit, '1.500 GB', '.')).toBe(1.5e9)
    expect(typedValue(limit, '1,500 MB', '.')).toBe(1_500e6)
    expect(typedValue(limit, '1.234,5 MB', ',')).toBe(1_234.5e6)
    for (const text of ['2 XB', 'GB', '2 GB more', '1,2,3 GB'])
      expect([text, typedValue(limit, text)]).toEqual([text, undefined])
    expect(typedValue(settingOf('intervalMinutes'), '5 MB')).toBeUndefined()
  })

  it('takes nothing that is not quite a number', () => {
    const interval = settingOf('intervalMinutes')
    for (const text of [
      '',
      ' ',
      '1.5',
      '1,5',
      '0',
      '1441',
      '-5',
      '+5',
      '5 minutes',
      '1e3',
      '0x10',
      '１２',
      '1,00',
      '1,000.000',
    ]) {
      expect([text, typedValue(interval, text)]).toEqual([text, undefined])
    }
    expect(typedValue(interval, ' 15 ')).toBe(15)
    expect(typedValue(interval, '1,440')).toBe(1440)
  })

  it('says what a wrong value may be, and what stays in force', () => {
    expect(say.wrong(settingOf('intervalMinutes'), '1500', 5)).toBe(
      '“1500” is no such value. Enter a whole number from 1 to 1,440; 5 stays in force until then.',
    )
    expect(say.wrong(settingOf('logMaxBytes'), '5', 10_000_000)).toBe(
      '“5” is no such value. Enter a size from 10\u00A0kB to 10\u00A0GB, as in 500 MB; 10\u00A0MB stays in force until then.',
    )
    expect(say.facts(settingOf('minFreeBytes'))).toBe('From 0 to 1\u00A0PB. Default 2\u00A0GB.')
    expect(say.facts(settingOf('maxInFlightBytes'))).toBe('From 1\u00A0MB to 2\u00A0GB. Default 64\u00A0MB.')
    expect(say.facts(settingOf('apiPort'))).toBe('From 0 to 65535. Default 8000.')
    expect(say.facts(settingOf('requireToken'))).toBe('Default off.')
  })

  it('lets nobody change what a flag or the environment holds', () => {
    expect((['flag', 'environment', 'file', 'default'] as const).map(isHeld)).toEqual([true, true, false, false])
    expect(say.held('environment', ['MAILTIDE_API_PORT', 'MAILTIDE_PORT'], '--api-port')).toBe(
      'Set by the environment (MAILTIDE_API_PORT or MAILTIDE_PORT): remove it there to change this here.',
    )
  })
})
