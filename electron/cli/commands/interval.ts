import { counted } from '../../../shared/describe.ts'
import type { CommandContext } from '../command.ts'
import { changeSetting, presentSettings, settingValue, variableOver } from '../settings-room.ts'

/** `mailtide interval [MINUTES]`: shows how often a cycle starts, or changes it. */
export async function interval(context: CommandContext, text: string | undefined): Promise<void> {
  if (text === undefined) {
    const { values, live } = await presentSettings(context)
    const when = live ? '' : ' once Mailtide runs'
    context.print(`A sync cycle starts every ${counted(values.intervalMinutes, 'minute')}${when}.\n`, {
      interval_minutes: values.intervalMinutes,
      live,
    })
    return
  }
  const minutes = settingValue('intervalMinutes', text)
  const takesEffect = await changeSetting(context, 'intervalMinutes', minutes)
  const isLater = takesEffect === 'next start'
  const every = counted(Number(minutes), 'minute')
  context.print(
    isLater
      ? `A sync cycle will start every ${every} when Mailtide is started.\n`
      : `A sync cycle starts every ${every} from now on.\n`,
    { interval_minutes: minutes, takes_effect: takesEffect },
  )
  const variable = isLater ? variableOver(context, 'intervalMinutes') : null
  if (variable !== null) context.note(`${variable} is set in this environment, where it overrides the settings file`)
}
