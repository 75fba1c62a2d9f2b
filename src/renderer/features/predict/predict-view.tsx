import type { ReactNode } from 'react'
import type { Model } from '../../../shared/contract/models.ts'
import classes from './predict.module.css'
import type { ModelChoices } from './predict-params.ts'

/** What the ways of asking share. */
export interface PredictView extends ModelChoices {
  model: Model
  /** Choice of the model and of the way to ask. */
  head: ReactNode
}

export function PredictPanes({ input, answer }: { input: ReactNode; answer: ReactNode }): ReactNode {
  return (
    <div className={classes.split}>
      <div className={classes.input}>{input}</div>
      <div className={classes.answer}>{answer}</div>
    </div>
  )
}
