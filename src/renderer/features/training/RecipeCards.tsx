import type { ReactNode } from 'react'
import type { Recipe } from '../../../shared/contract/jobs.ts'
import { useT } from '../../i18n/translate.ts'
import { RECIPES } from './new-run.ts'
import classes from './training.module.css'

interface RecipeCardsProps {
  value: Recipe
  onChange(recipe: Recipe): void
}

/** All recipes side by side, each with what it is good for, so that nobody must click to compare. */
export function RecipeCards({ value, onChange }: RecipeCardsProps): ReactNode {
  const { t } = useT()
  return (
    <div role="radiogroup" aria-label={t('training.recipe')} className={classes.recipes}>
      {RECIPES.map(recipe => (
        <label
          key={recipe}
          className={classes.recipe}
          data-chosen={recipe === value}
          title={t(`recipe.${recipe}.title`)}
        >
          <input
            type="radio"
            name="recipe"
            checked={recipe === value}
            onChange={() => onChange(recipe)}
            aria-labelledby={`recipe-${recipe}`}
            aria-describedby={`recipe-${recipe}-text`}
          />
          <span>
            <strong id={`recipe-${recipe}`}>{t(`recipe.${recipe}`)}</strong>
            <span id={`recipe-${recipe}-text`} className="muted">
              {t(`recipe.${recipe}.text`)}
            </span>
          </span>
        </label>
      ))}
    </div>
  )
}
