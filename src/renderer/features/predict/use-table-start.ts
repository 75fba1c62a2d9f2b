import { client, uploadFile } from '../../api/host.ts'
import { navigate } from '../../route/use-route.ts'
import type { PredictView } from './predict-view.tsx'
import { tableOfLines } from './start-table.ts'

export interface TableStart {
  ofFile(file: File): Promise<void>
  ofLines(lines: readonly string[]): Promise<void>
}

/** Starts the prediction of a table and goes to where its progress is shown. */
export function useTableStart({ model, fallback, also }: Omit<PredictView, 'head'>): TableStart {
  const ofFile = async (file: File): Promise<void> => {
    const uploadId = await uploadFile(file)
    const { jobId } = await client.predictions.predictFile({ modelId: model.id, fallback, also, uploadId })
    const params = { job: jobId, fallback: fallback.join(','), also: also.join(',') }
    navigate({ page: 'predict', id: model.id, tab: 'file', params })
  }
  const isStructure = async (smiles: string): Promise<boolean> => (await client.chemistry.check({ smiles })).ok
  return {
    ofFile,
    ofLines: async lines =>
      ofFile(new File([await tableOfLines(lines, isStructure)], 'pasted.csv', { type: 'text/csv' })),
  }
}
