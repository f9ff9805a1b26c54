import { AssayError } from '../model/errors.ts'
import { nearest } from '../model/nearest.ts'
import { type FigureName, type Figures, figureNames, figures } from './figures.ts'

/** Figures given by hand as `ttft_p50=12.3`, the last of a name counts. Throws `audit-reported`. */
export function readReported(texts: readonly string[]): Figures {
  const told: { [name in FigureName]?: number } = {}
  for (const text of texts) {
    const [flag = '', value = '', ...more] = text.split('=')
    const name = figureNames.find((each) => figures[each].flag === flag)
    const flags = figureNames.map((each) => figures[each].flag)
    if (name === undefined) {
      const near = nearest(flag, flags)
      throw new AssayError('audit-reported', `--reported ${text}: there is no figure "${flag}".`, {
        hint: near === undefined ? `Figures: ${flags.join(', ')}.` : `Did you mean ${near}?`,
      })
    }
    const number = Number(value)
    if (more.length > 0 || value.trim() === '' || !Number.isFinite(number)) {
      throw new AssayError('audit-reported', `--reported ${text}: "${value}" is no number.`, {
        hint: `For example --reported ${flag}=12.3, in ${figures[name].unit}.`,
      })
    }
    told[name] = number
  }
  return told
}
