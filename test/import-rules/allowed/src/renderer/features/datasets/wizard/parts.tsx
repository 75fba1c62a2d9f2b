import { Button } from '@mantine/core'
import type { Dataset } from '../../../../shared/contract/datasets.ts'
import { Depiction } from '../../../components/Depiction.tsx'
import { DatasetTable } from '../DatasetTable.tsx'

export { Button, DatasetTable, Depiction }
export type { Dataset }
