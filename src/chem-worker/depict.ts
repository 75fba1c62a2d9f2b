import { CHEM_LIMITS, type DepictInput } from '../shared/chem-protocol.ts'
import { AppError } from '../shared/errors.ts'
import type { CallHandler } from './call.ts'
import { checkCount, eachItem } from './each-structure.ts'
import type { RdkitMol } from './toolkit.ts'

type Color = readonly [number, number, number]
type Drawing = DepictInput['structures'][number]

/** Pixels; smaller where the molecule would not fit. One length for all drawings, so that a column of them looks even. */
const BOND_LENGTH = 24

/** Element colours that stand out from a dark page; RDKit's own are made for white. */
const darkPalette: Record<string, Color> = {
  '-1': [0.9, 0.9, 0.9],
  '1': [0.65, 0.65, 0.65],
  '6': [0.9, 0.9, 0.9],
  '7': [0.45, 0.62, 1],
  '8': [1, 0.42, 0.42],
  '9': [0.3, 0.82, 0.82],
  '15': [1, 0.62, 0.2],
  '16': [0.9, 0.8, 0.25],
  '17': [0.35, 0.85, 0.35],
  '35': [0.85, 0.5, 0.3],
  '53': [0.75, 0.45, 0.95],
}

const themes = {
  light: {
    options: {},
    highlight: [0.98, 0.82, 0.4] as Color,
    positive: [0.98, 0.55, 0.15] as Color,
    negative: [0.25, 0.55, 0.95] as Color,
    background: [1, 1, 1] as Color,
  },
  dark: {
    options: { atomColourPalette: darkPalette, symbolColour: [0.9, 0.9, 0.9], annotationColour: [0.75, 0.75, 0.75] },
    highlight: [0.5, 0.4, 0.1] as Color,
    positive: [0.8, 0.4, 0.05] as Color,
    negative: [0.15, 0.4, 0.8] as Color,
    background: [0.1, 0.1, 0.1] as Color,
  },
}

/** SVG on a transparent background; every character in it is a path, so nothing a file says becomes markup. */
export const depict: CallHandler<'depict'> = async (input, context) => {
  checkCount(input.structures.length, CHEM_LIMITS.depictionsPerCall)
  return eachItem(input.structures, context, drawing =>
    context.reader.readWhole(drawing.smiles, mol => ({ ok: true as const, svg: draw(mol, drawing, input) })),
  )
}

function draw(mol: RdkitMol, drawing: Drawing, { width, height, theme }: DepictInput): string {
  const atoms = mol.get_num_atoms()
  checkAtoms(drawing, atoms)
  const { options, highlight } = themes[theme]
  const colors = atomColors(drawing, theme)
  const svg = mol.get_svg_with_highlights(
    JSON.stringify({
      width,
      height,
      clearBackground: false,
      fixedBondLength: BOND_LENGTH,
      bondLineWidth: 1.5,
      padding: 0.06,
      ...options,
      highlightColour: highlight,
      atoms: Object.keys(colors).map(Number),
      highlightAtomColors: colors,
      bonds: drawing.highlightBonds ?? [],
    }),
  )
  return svg.slice(svg.indexOf('<svg'))
}

function atomColors(drawing: Drawing, theme: DepictInput['theme']): Record<number, Color> {
  const { highlight, positive, negative, background } = themes[theme]
  const colors: Record<number, Color> = {}
  for (const [atom, weight] of (drawing.atomWeights ?? []).entries()) {
    if (weight !== 0) colors[atom] = blend(background, weight > 0 ? positive : negative, Math.min(Math.abs(weight), 1))
  }
  for (const atom of drawing.highlightAtoms ?? []) colors[atom] = highlight
  return colors
}

function blend(from: Color, to: Color, share: number): Color {
  const mix = (k: 0 | 1 | 2): number => from[k] + (to[k] - from[k]) * share
  return [mix(0), mix(1), mix(2)]
}

/** Throws ERR_2001 where a highlight names an atom the structure does not have. */
function checkAtoms(drawing: Drawing, atoms: number): void {
  const named = [...(drawing.highlightAtoms ?? []), (drawing.atomWeights?.length ?? 0) - 1]
  const wrong = named.find(atom => atom >= atoms)
  if (wrong !== undefined) throw new AppError('ERR_2001', `atom ${wrong}: the structure has atoms 0 to ${atoms - 1}`)
}
