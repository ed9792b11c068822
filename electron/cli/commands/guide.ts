import { findGuidePlace, googleGuide, guideTopics } from '../../../shared/google-guide.ts'
import { type CommandContext, UsageError } from '../command.ts'
import { guideText } from '../guide-text.ts'
import { nearest } from '../nearest.ts'

/** `mailtide guide [TOPIC]`: how one sets Google up, one step of it, or what an error of Google's means. Needs no service. */
export async function guide({ paint, print }: CommandContext, words: readonly string[]): Promise<void> {
  const asked = words.join(' ')
  if (asked === '') {
    print(guideText(null, paint), googleGuide)
    return
  }
  const place = findGuidePlace(asked)
  if (place === null) {
    const meant = nearest(asked.toLowerCase(), guideTopics)
    throw new UsageError(
      `The guide has nothing about ${JSON.stringify(asked.slice(0, 60))}`,
      meant === null ? 'See: mailtide guide errors' : `Did you mean ${meant}? See: mailtide guide errors`,
    )
  }
  print(guideText(place, paint), place.kind === 'errors' ? { kind: 'errors', errors: googleGuide.errors } : place)
}
