/** The headers of the databases and programs whose tables users have, with invented rows below them. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TableBench } from './fixtures/table-bench.ts'

let bench: TableBench
beforeAll(async () => {
  bench = await TableBench.create()
})
afterAll(() => bench.close())

const SMILES = ['CCOc1ccccc1', 'CCN(CC)C(=O)c1ccccc1', 'OC(=O)c1ccncc1', 'CC(C)Cc1ccc(O)cc1']
const VALUES = ['12.5', '630', '4.1', '88']

interface Source {
  name: string
  delimiter?: string
  header: string[]
  /** Cells by column; `$S` and `$V` stand for the structure and the value, `$i` for the number of the record. */
  cells: string[]
  /** Names of the columns that are proposed. */
  roles: Partial<
    Record<'smiles' | 'value' | 'id' | 'unit' | 'relation' | 'endpoint' | 'target' | 'assay' | 'split' | 'date', string>
  >
  unit?: string | null
  endpoint?: string | null
}

const SOURCES: Source[] = [
  {
    name: 'ChEMBL, downloaded from its web page',
    delimiter: ';',
    header: [
      'Molecule ChEMBL ID',
      'Molecule Name',
      'Molecular Weight',
      'Smiles',
      'Standard Type',
      'Standard Relation',
      'Standard Value',
      'Standard Units',
      'pChEMBL Value',
      'Assay ChEMBL ID',
      'Target Name',
      'Document Year',
    ],
    cells: ['CHEMBL$i', '', '341.$i', '$S', 'Ki', "'='", '$V', 'nM', '7.$i', 'CHEMBL90$i', 'Thrombin', '201$i'],
    roles: {
      smiles: 'Smiles',
      value: 'Standard Value',
      id: 'Molecule ChEMBL ID',
      unit: 'Standard Units',
      relation: 'Standard Relation',
      endpoint: 'Standard Type',
      target: 'Target Name',
      assay: 'Assay ChEMBL ID',
      date: 'Document Year',
    },
    unit: 'nM',
    endpoint: 'Ki',
  },
  {
    name: 'ChEMBL, from its web services',
    header: [
      'activity_id',
      'assay_chembl_id',
      'canonical_smiles',
      'molecule_chembl_id',
      'standard_relation',
      'standard_type',
      'standard_units',
      'standard_value',
      'target_pref_name',
      'document_year',
    ],
    cells: ['$i', 'CHEMBL80', '$S', 'CHEMBL$i', '=', 'IC50', 'nM', '$V', 'ACE', '2008.0'],
    roles: {
      smiles: 'canonical_smiles',
      value: 'standard_value',
      id: 'molecule_chembl_id',
      unit: 'standard_units',
      relation: 'standard_relation',
      endpoint: 'standard_type',
      target: 'target_pref_name',
      assay: 'assay_chembl_id',
      date: 'document_year',
    },
    unit: 'nM',
    endpoint: 'IC50',
  },
  {
    name: 'BindingDB',
    delimiter: '\t',
    header: [
      'BindingDB Reactant_set_id',
      'Ligand SMILES',
      'Ligand InChI Key',
      'BindingDB MonomerID',
      'BindingDB Ligand Name',
      'Target Name',
      'Ki (nM)',
      'IC50 (nM)',
      'Kd (nM)',
      'EC50 (nM)',
      'kon (M-1-s-1)',
      'koff (s-1)',
      'pH',
      'Temp (C)',
      'Date in BindingDB',
    ],
    cells: ['5$i', '$S', '', '60$i', 'name $i', 'Factor Xa', '$V', '', '', '', '', '', '7.4', '25', '12/2$i/2008'],
    roles: { smiles: 'Ligand SMILES', value: 'Ki (nM)', target: 'Target Name', date: 'Date in BindingDB' },
    unit: 'nM',
    endpoint: 'Ki',
  },
  {
    name: 'PubChem BioAssay',
    header: [
      'PUBCHEM_RESULT_TAG',
      'PUBCHEM_SID',
      'PUBCHEM_CID',
      'PUBCHEM_EXT_DATASOURCE_SMILES',
      'PUBCHEM_ACTIVITY_OUTCOME',
      'PUBCHEM_ACTIVITY_SCORE',
      'IC50 (uM)',
    ],
    cells: ['$i', '10$i', '20$i', '$S', 'Active', '4$i', '$V'],
    roles: { smiles: 'PUBCHEM_EXT_DATASOURCE_SMILES', value: 'IC50 (uM)' },
    unit: 'uM',
    endpoint: 'IC50',
  },
  {
    name: 'Chemprop',
    header: ['smiles', 'pIC50'],
    cells: ['$S', '6.$i'],
    roles: { smiles: 'smiles', value: 'pIC50' },
    unit: 'pX',
    endpoint: 'IC50',
  },
  {
    name: 'Uni-Mol',
    header: ['SMILES', 'TARGET'],
    cells: ['$S', '6.$i'],
    roles: { smiles: 'SMILES', value: 'TARGET' },
    unit: null,
    endpoint: null,
  },
  {
    name: 'MoleculeACE',
    header: ['smiles', 'exp_mean [nM]', 'y', 'cliff_mol', 'split', 'y [pEC50/pKi]'],
    cells: ['$S', '$V', '-1.$i', '0', 'train', '7.$i'],
    roles: { smiles: 'smiles', value: 'y [pEC50/pKi]', split: 'split' },
    unit: 'pX',
    endpoint: null,
  },
  {
    name: 'DataWarrior',
    delimiter: '\t',
    header: ['Structure of Compound [idcode]', 'Smiles', 'Compound Name', 'Ki [nM]', 'Total Molweight', 'cLogP'],
    cells: ['fg}@p@$i', '$S', 'DW-$i', '$V', '300.$i', '2.$i'],
    roles: { smiles: 'Smiles', value: 'Ki [nM]', id: 'Compound Name' },
    unit: 'nM',
    endpoint: 'Ki',
  },
]

it.each(SOURCES)('proposes the columns of $name', async ({ delimiter = ',', header, cells, roles, unit, endpoint }) => {
  const row = (i: number): string =>
    cells
      .map(cell =>
        cell
          .replaceAll('$S', SMILES[i]!)
          .replaceAll('$V', VALUES[i]!)
          .replaceAll('$i', String(i + 1)),
      )
      .join(delimiter)
  const text = `${[header.join(delimiter), ...SMILES.map((_, i) => row(i))].join('\n')}\n`
  const preview = await bench.preview(bench.write(text, 'utf8', delimiter === '\t' ? 'table.tsv' : 'table.csv'))
  const named = Object.fromEntries(
    Object.entries(preview.proposal).map(([role, column]) => [role, column == null ? null : header[column]]),
  )
  expect(named).toMatchObject(roles)
  expect({ unit: preview.unit, endpoint: preview.endpoint }).toEqual({ unit, endpoint })
})
