/**
 * The browser's formatters, each made once: making one takes a tenth of a millisecond or more, and a table writes a dozen figures a
 * row. The options of a formatter are written the same way wherever they are, so that their text tells them apart.
 */
type Options = Readonly<Record<string, unknown>>

function kept<Formatter, Allowed extends Options>(
  make: (language: string | undefined, options: Allowed) => Formatter,
): (language: string | undefined, options?: Allowed) => Formatter {
  const made = new Map<string, Formatter>()
  return (language, options = {} as Allowed) => {
    const key = `${language} ${JSON.stringify(options)}`
    let formatter = made.get(key)
    if (formatter === undefined) {
      formatter = make(language, options)
      made.set(key, formatter)
    }
    return formatter
  }
}

export const numberFormat = kept(
  (language, options: Intl.NumberFormatOptions & Options) => new Intl.NumberFormat(language, options),
)
export const dateFormat = kept(
  (language, options: Intl.DateTimeFormatOptions & Options) => new Intl.DateTimeFormat(language, options),
)
export const relativeFormat = kept(
  (language, options: Intl.RelativeTimeFormatOptions & Options) => new Intl.RelativeTimeFormat(language, options),
)
