/** What was made of a data set: its versions, the runs on each, their models, and what was predicted with those. */
import type { Dataset } from '../../../shared/contract/datasets.ts'
import type { JobState, Recipe, TrainResult } from '../../../shared/contract/jobs.ts'
import type { Lineage } from '../../../shared/contract/versions.ts'
import type { StoreReader } from '../../store/handles.ts'
import { listVersions } from '../dataset-store.ts'

type Version = Lineage['versions'][number]
type Model = Version['models'][number]

export function readLineage(store: StoreReader, familyId: string): Lineage {
  return {
    versions: listVersions(store, familyId).map(dataset => ({
      dataset,
      runs: runsOf(store, dataset),
      models: modelsOf(store, dataset),
    })),
  }
}

function runsOf(store: StoreReader, { id }: Dataset): Version['runs'] {
  return store
    .all<{
      id: string
      number: number
      name: string
      state: JobState
      recipe: Recipe
      result: string | null
      createdAt: number
    }>(
      `SELECT id, number, name, state, json_extract(request, '$.recipe') AS recipe, result, created_at AS createdAt
       FROM jobs WHERE dataset_id = ? AND kind = 'train' ORDER BY created_at, number`,
      [id],
    )
    .map(({ result, ...run }) => ({
      ...run,
      testRmse: result === null ? null : (JSON.parse(result) as TrainResult).metrics.test.rmse,
    }))
}

function modelsOf(store: StoreReader, { id }: Dataset): Model[] {
  return store
    .all<Omit<Model, 'predictions'>>(
      `SELECT id, name, job_id AS jobId, test_rmse AS testRmse, created_at AS createdAt
       FROM models WHERE dataset_id = ? AND trashed_at IS NULL ORDER BY created_at, id`,
      [id],
    )
    .map(model => ({
      ...model,
      predictions: store.all<Model['predictions'][number]>(
        `SELECT j.id AS jobId, p.id AS resultId, p.file_name AS fileName, j.state, j.created_at AS createdAt
         FROM prediction_results p JOIN jobs j ON j.id = p.job_id WHERE p.model_id = ? ORDER BY j.created_at, j.number`,
        [model.id],
      ),
    }))
}
