import type { Locator, Page } from 'playwright'
import { expect } from 'vitest'
import { typedValue } from '../../../renderer/model/settings.ts'
import { type Setting, type SettingName, settingNames, settingsTable, wireName } from '../../../shared/settings.ts'
import { words } from '../../renderer/words.ts'
import type { WindowHost } from './host.ts'

type Value = number | boolean | string

const say = words.settings
const patience = { timeout: 20_000 }

/** What Mailtide refuses although the table allows it: originals are in PostgreSQL only with a database there. */
const refused: Partial<Readonly<Record<SettingName, string>>> = { rawStore: 'DATABASE_URL' }

/** Another value of the setting than the present one. */
function another(setting: Setting, present: Value): Value {
  switch (setting.type) {
    case 'integer':
      return present === setting.max ? setting.min : Number(present) + 1
    case 'boolean':
      return !present
    case 'choice':
      return setting.choices.find((choice) => choice !== present) ?? present
  }
}

const roles = { integer: 'textbox', boolean: 'switch', choice: 'combobox' } as const

/** Every setting as HTTP tells it. */
export async function settingsOver(host: WindowHost): Promise<Readonly<Record<string, Value>>> {
  const answer = (await (await host.call('GET', '/api/v1/settings')).json()) as {
    settings: Readonly<Record<string, Value>>
  }
  return answer.settings
}

/** Every setting as the command tells it. */
export async function settingsByCommand(host: WindowHost): Promise<Readonly<Record<string, Value>>> {
  const { out } = await host.mailtide('config list --json')
  const { settings } = JSON.parse(out) as { settings: readonly { name: SettingName; value: Value }[] }
  return Object.fromEntries(settings.map(({ name, value }) => [wireName(name), value]))
}

/** Changes every setting of the table in the window, after a wrong value where there is one; gives what must hold then. */
export async function changeAll(host: WindowHost): Promise<Readonly<Record<string, Value>>> {
  const { page } = host
  const expected: Record<string, Value> = { ...(await settingsOver(host)) }
  let wrong: readonly string[] = ['-1', '1.5', 'many', '']
  for (const name of settingNames) {
    const setting: Setting = settingsTable[name]
    const present = expected[wireName(name)]!
    const next = another(setting, present)
    const row = page.locator('.row').filter({ has: page.getByText(say.name(name), { exact: true }) })
    const control = row.getByRole(roles[setting.type], { name: say.name(name), exact: true })
    if (setting.type === 'integer') {
      await refuse(row, control, setting, [...wrong, String(setting.max + 1)])
      await control.press('Escape')
      await expect.poll(() => control.inputValue(), patience).toBe(say.value(setting, present))
      // One field stands for all where their kind is concerned, but each has limits of its own.
      wrong = []
    }
    await give(control, setting, next)
    const why = refused[name]
    if (why === undefined) {
      // The old value stands there until the service has said yes.
      await expect.poll(() => shown(control, setting), patience).toBe(next)
      expected[wireName(name)] = next
    } else {
      await row.getByRole('alert').filter({ hasText: why }).waitFor()
      await expect.poll(() => shown(control, setting), patience).toBe(present)
    }
  }
  return expected
}

async function refuse(row: Locator, control: Locator, setting: Setting, values: readonly string[]): Promise<void> {
  if (setting.type !== 'integer') return
  const kind = setting.unit === 'bytes' ? 'a size' : 'a whole number'
  const limits = `Enter ${kind} from ${say.value(setting, setting.min)} to ${say.value(setting, setting.max)}`
  for (const value of values) {
    await control.fill(value)
    await control.press('Enter')
    await row.getByRole('alert').filter({ hasText: limits }).waitFor()
    expect([value, await control.getAttribute('aria-invalid')]).toEqual([value, 'true'])
  }
}

async function give(control: Locator, setting: Setting, value: Value): Promise<void> {
  switch (setting.type) {
    case 'integer':
      await control.fill(String(value))
      await control.press('Enter')
      return
    case 'boolean':
      // What is drawn stands over the box itself.
      await control.focus()
      await control.press('Space')
      return
    case 'choice':
      await control.selectOption(String(value))
  }
}

/** What the control shows. */
async function shown(control: Locator, setting: Setting): Promise<Value> {
  if (setting.type === 'boolean') return await control.isChecked()
  const text = await control.inputValue()
  return setting.type === 'integer' ? numberIn(setting, text) : text
}

/** What a field says, as somebody who types the same means it. */
const numberIn = (setting: Setting, text: string): number => Number(typedValue(setting, text) ?? Number.NaN)

/** Every setting as the window shows it, read in one go once its last part stands there. */
export async function settingsIn(page: Page): Promise<Readonly<Record<string, Value>>> {
  await page.getByRole('heading', { level: 2, name: say.sections.about, exact: true }).waitFor()
  const rows = await page.evaluate(() =>
    [...document.querySelectorAll('.row')].map((row) => {
      const control = row.querySelector<HTMLInputElement | HTMLSelectElement>('input, select')
      return {
        name: row.querySelector('.name')?.textContent ?? '',
        value: control instanceof HTMLInputElement && control.type === 'checkbox' ? control.checked : control?.value,
      }
    }),
  )
  return Object.fromEntries(
    settingNames.map((name) => {
      const value = rows.find((row) => row.name === say.name(name))?.value
      const setting: Setting = settingsTable[name]
      return [wireName(name), setting.type === 'integer' ? numberIn(setting, String(value)) : (value ?? 'not shown')]
    }),
  )
}
