/** What the names of columns say: their parts, their units and endpoints, as ChEMBL, BindingDB, Chemprop, MoleculeACE and labs write them. */
import { parseEndpoint, parseUnit } from '../../shared/affinity.ts'
import type { Endpoint, Unit } from '../../shared/contract/datasets.ts'

export type NamedRole = 'smiles' | 'id' | 'unit' | 'relation' | 'endpoint' | 'split' | 'target' | 'assay' | 'date'

/** `Molecule ChEMBL ID`, `molecule_chembl_id` and `moleculeChemblId` are one name. */
export function plainName(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])(?=[a-z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/[\s_\-./#:]+/g, ' ')
    .trim()
}

const ROLE_NAMES: Readonly<Record<NamedRole, RegExp>> = {
  smiles: /^(.*\b)?(smiles?|smi|structure|struktur|structures|mol|rdkit smiles)(\b.*)?$/,
  id: /^(id|ids|name|names|title|compound|cmpd|molecule|ligand|sample|substance|entry|registry|verbindung|probe|substanz)?\s?(id|ids|name|no|number|nr|code|key|identifier|title|compound|cmpd|verbindung|probe|molecule|chembl ?id|nummer)?$|^(.* )?(chembl id|compound id|mol id|molecule id|molecule name|monomer ?id|reactant set id|cas( no)?|zinc id|pubchem cid|cid|cmpd id|compound name|bezeichnung)$/,
  unit: /^(.* )?(units?|einheit|einheiten)$/,
  relation: /^(.* )?(relation|operator|qualifier|modifier|censor(ed|ing)?|prefix|sign|relationship)$/,
  endpoint:
    /^(.* )?(standard type|activity type|endpoint|assay endpoint|measurement type|type of value|affinity type|published type)$/,
  target:
    /^(.* )?(target|protein|receptor|enzyme|kinase)( (chembl )?(id|name|pref name|preferred name|code|gene|symbol|uniprot|accession))?$|^target name assigned by .*$|^(uniprot|gene)( (id|name|symbol|accession))?$/,
  assay: /^(.* )?assay( (chembl )?(id|name|code|no|number|key|aid))?$|^aid$/,
  date: /^(.* )?(date|datum|year|jahr|timestamp|measured (on|at)|tested (on|at))( (of|in) .*)?$|^(created|modified|measurement|assay|test|experiment) (at|on|day|time)$/,
  split: /^(.* )?(split|splits|set|subset|partition|fold|dataset split)$/,
}

/** A column that carries the structure but of a part or of something else. */
const NOT_SMILES = /scaffold|murcko|core|fragment|r ?group|reaction|product|reagent|target|protein|id$|name$|code$|key$/
const NOT_ID = /target|assay|document|doc|source|cell|tissue|activity|bao|uo |organism|journal|patent|protein/

export function isNamed(role: NamedRole, name: string): boolean {
  const plain = plainName(name)
  if (plain === '') return false
  if (role === 'smiles') return ROLE_NAMES.smiles.test(plain) && !NOT_SMILES.test(plain)
  if (role === 'id') return ROLE_NAMES.id.test(plain) && !NOT_ID.test(plain)
  return ROLE_NAMES[role].test(plain)
}

/** What a column of values says about itself in its name. */
export interface ValueName {
  endpoint: Endpoint | null
  unit: Unit | null
}

const ENDPOINT_WORD =
  /(?:^|[^a-z0-9])(p|log|-log(?:10)?\(?)?\s?(k_?d|k_?i|ic_?50|ec_?50|δg|dg|delta ?g|Δg)(?=$|[^a-z0-9])/giu

/** `Ki [nM]`, `ki_nm`, `IC50 (µM)`, `pKi`, `Standard Value`, `ΔG (kcal/mol)`; two kinds in one name (`y [pEC50/pKi]`) are no kind. */
export function readValueName(name: string): ValueName {
  const spaced = name.replaceAll('_', ' ').replaceAll(/([a-z])([A-Z][CI])/g, '$1 $2')
  const words = [...spaced.matchAll(ENDPOINT_WORD)]
  const endpoints = new Set(words.map(word => parseEndpoint(word[2]!)))
  const negativeLog =
    words.some(word => /^(p|-log)/i.test(word[1] ?? '')) ||
    /\bpchembl\b|\bp ?(x|activity|affinity|value)\b/i.test(spaced)
  const endpoint = endpoints.size === 1 ? ([...endpoints][0] ?? null) : null
  return { endpoint, unit: negativeLog ? 'pX' : unitInName(spaced) }
}

/** In brackets, or as the last word; there lower case is enough (`ki_nm`). */
function unitInName(name: string): Unit | null {
  const bracketed = [...name.matchAll(/[[(]([^\])]+)[\])]/g)]
    .map(match => parseUnit(match[1]!))
    .find(unit => unit !== null)
  if (bracketed !== undefined) return bracketed
  const last = /(?:^|[\s,/:])([\w\u00b5\u03bc]+(?:\/mol)?)\s*$/u.exec(name.trim())?.[1] ?? ''
  if (last.toLowerCase() === 'm') return null
  return parseUnit(last) ?? (last === 'mm' ? 'mM' : null)
}

/** Numbers that are never affinities, whatever they look like. */
const NOT_VALUES =
  /\b(mw|weight|mass|log ?[pds]|alogp|clogp|xlogp|tpsa|psa|hb[ad]|ro5|rotatable|rings?|atoms?|count|year|ph|temp|temperature|phase|cliff|index|page|volume|issue|ligand efficiency|bei|lei?|lle|sei|efficiency|error|sd|sem|std|stdev|hill|confidence|purity|yield|count|n)\b|violations|\b(id|nsc|cas|rn|cid|sid|aid)\b|^title$/

const VALUE_WORDS =
  /\b(value|values|activity|affinity|potency|measured|measurement|result|exp|mean|y|label|target|wert|messwert|aktivität|affinität|px)\b/

/** How strongly a name says that the column holds the affinity; 0 where it says nothing, negative where it says it does not. */
export function valueNameScore(name: string): number {
  const plain = plainName(name)
  const { endpoint, unit } = readValueName(name)
  if (/^standard value$/.test(plain)) return 100
  if (endpoint === null && unit === null && NOT_VALUES.test(plain)) return -1
  if (/^p ?chembl value$/.test(plain)) return 60
  if (endpoint !== null) return unit === null ? 85 : 95
  // Names with two endpoints (`y [pEC50/pKi]`) still say that the numbers are affinities.
  if (unit === 'pX') return 90
  if (unit !== null) return 80
  return VALUE_WORDS.test(plain) ? 40 : 0
}

/** How many names of a row are ones that headers have. */
export function headerWords(names: readonly string[]): number {
  const roles: NamedRole[] = ['smiles', 'id', 'unit', 'relation', 'endpoint', 'split', 'date']
  return names.filter(
    name => name.trim() !== '' && (roles.some(role => isNamed(role, name)) || valueNameScore(name) > 0),
  ).length
}
