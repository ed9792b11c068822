import { places } from './words.ts'

/** Completion for fish, with what each word does. */
export function fishCompletion(): string {
  const all = places()
  const known = all.filter(({ words }) => words !== '').map(({ words }) => quote(words))
  const lines = all.flatMap(({ words, commands, options, argument }) => {
    const at = `complete -c mailtide -n ${quote(`__mailtide_at ${quote(words)}`)}`
    const offered =
      argument === 'file' ? [`${at} -F`] : argument.length === 0 ? [] : [`${at} -f -a ${quote(argument.join(' '))}`]
    return [
      ...commands.map(({ word, summary }) => `${at} -f -a ${quote(word)} -d ${quote(summary)}`),
      ...offered,
      ...options.map(({ long, short, value, choices, summary }) => {
        const dash = short === undefined ? '' : ` -s ${short.slice(1)}`
        const takes = value === undefined ? '' : choices === undefined ? ' -x' : ` -x -a ${quote(choices.join(' '))}`
        return `${at} -l ${long.slice(2)}${dash}${takes} -d ${quote(summary)}`
      }),
    ]
  })
  return `# Completion of mailtide for fish: mailtide completion fish > ~/.config/fish/completions/mailtide.fish
function __mailtide_at
  set -l verb
  for each in (commandline -opc)[2..-1]
    if contains -- (string join -- ' ' $verb $each) ${known.join(' ')}
      set -a verb $each
    end
  end
  test "$verb" = "$argv[1]"
end
complete -c mailtide -f
${lines.join('\n')}
`
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
